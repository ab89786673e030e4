/** The brand of what has been verified. @module */

declare const verified: unique symbol

/**
 * A payload whose signatures were verified against keys that the verifier already held. Made only by `verifyEnvelope`,
 * `verifyMetablock…` and `verifyBom…`: a function that asks for `Verified<T>` cannot be handed anything else.
 */
export type Verified<T> = T & { readonly [verified]: true }

/** Puts the brand on. For verifiers alone: who calls this vouches for the signatures. */
export function markVerified<T>(payload: T): Verified<T> {
  return payload as Verified<T>
}
