/** Counting signatures: which of the keys that we hold really signed. @module */

import {
  ConfigError,
  VerificationError,
  verifySignature,
  type EnvelopeSignature,
  type KeyId,
  type PublicKey,
} from '@aibomgen/core'

/** A key, and the keyids under which its signatures may stand. */
export interface NamedKey {
  readonly publicKey: PublicKey
  readonly keyids: readonly string[]
}

/**
 * The keys that made a valid signature of `message` under one of their keyids. Each key is there once. A signature
 * without a keyid, which DSSE allows, is tried with every key.
 */
export async function findSigners(
  message: Uint8Array,
  signatures: readonly EnvelopeSignature[],
  keys: readonly NamedKey[],
): Promise<ReadonlySet<KeyId>> {
  const attempts = keys.flatMap(({ publicKey, keyids }) =>
    signatures
      .filter(({ keyid }) => keyid === undefined || keyid === '' || keyids.includes(keyid))
      .map(async ({ signature }) => ((await verifySignature(publicKey, message, signature)) ? [publicKey.keyid] : [])),
  )
  return new Set((await Promise.all(attempts)).flat())
}

/**
 * Nothing, once `threshold` different keys of `keys` have signed `message`.
 *
 * @throws VerificationError `SIGNATURE_THRESHOLD`; ConfigError `USAGE` when the demand itself could be met by nobody's
 *   signature
 */
export async function assertSignedBy(
  message: Uint8Array,
  signatures: readonly EnvelopeSignature[],
  keys: readonly PublicKey[],
  { threshold, subject }: { readonly threshold: number; readonly subject: string },
): Promise<void> {
  if (!Number.isInteger(threshold) || threshold < 1) {
    const reason = `expected a whole number from 1, got ${threshold}`
    throw new ConfigError('USAGE', `${subject}: threshold: ${reason}`, { argument: 'threshold', reason })
  }
  const named = keys.map((key) => ({ publicKey: key, keyids: [key.keyid, key.legacyKeyid] }))
  const verified = (await findSigners(message, signatures, named)).size
  if (verified < threshold) {
    throw new VerificationError(
      'SIGNATURE_THRESHOLD',
      `${subject}: expected signatures by ${threshold} of ${keys.length} trusted keys, got ${verified}`,
      { subject, required: threshold, verified },
    )
  }
}
