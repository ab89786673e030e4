/** What a verification needs from its verifier, and what it may ask for. @module */

import type { ArtifactDescriptor, Clock, SignedTrustRoot, TrustRoot } from '@aibomgen/core'

/** What the verifier brings. Nothing inside a release can take its place. */
export interface VerifyDeps {
  /** Who may say what. Believed because the verifier holds it. */
  readonly trustRoot: SignedTrustRoot
  /** A trust root that the verifier has held before: an older one than this is refused. */
  readonly heldTrustRoot?: SignedTrustRoot | undefined
  readonly clock: Clock
}

/** What may be asked for beyond the default. */
export interface VerifyPolicy {
  /**
   * At which time the layout must be in force. `release` (default): when the AIBoM was made, so that a release outlives
   * its layout. `now`: today.
   */
  readonly layoutInForce?: 'release' | 'now'
  /** A layout to hold the release to, instead of the one that came with it. */
  readonly layout?: Uint8Array | undefined
  /** Files that came apart from the release, matched by digest whatever they are called. */
  readonly files?: readonly ArtifactDescriptor[]
  /** What somebody says who trained the release again. */
  readonly reproduction?: ReproductionEvidence | undefined
}

/** A signed Statement of a reproduction. */
export interface ReproductionEvidence {
  readonly statement: Uint8Array
  /** Who may say so: workers of this trust root. The verifier's own where it is left out. */
  readonly trustRoot?: TrustRoot | undefined
}
