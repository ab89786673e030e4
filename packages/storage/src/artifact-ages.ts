/** The port to how old artifacts are: what garbage collection needs to know beside the artifacts themselves. @module */

import type { Sha256Hex, Timestamp } from '@aibomgen/core'

/** Says when artifacts were put, by the store's own clock. */
export interface ArtifactAges {
  /**
   * When the artifact was put last, also if it was there already; undefined when there is none.
   *
   * @throws ArtifactError `STORE_UNAVAILABLE`
   */
  storedAt(digest: Sha256Hex): Promise<Timestamp | undefined>
}
