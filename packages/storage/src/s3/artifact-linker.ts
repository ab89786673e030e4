/** The port to links that let a browser fetch an artifact straight from where it is kept. @module */

import type { Sha256Hex } from '@aibomgen/core'

/** What a link is for. */
export interface LinkOptions {
  /** What the browser shall call the file. */
  readonly filename: string
  /** 1 to 604 800, a week. */
  readonly expiresInSeconds: number
}

/** Makes links to artifacts. */
export interface ArtifactLinker {
  /**
   * An address that gives the artifact, or ranges of it, to whoever has it, until it expires; it cannot be recalled.
   * Asks no server: of an artifact that is not there, the link answers 404. Nobody checks the bytes on the way: who
   * downloads them compares the digest.
   *
   * @throws TypeError for a time out of range
   */
  presign(digest: Sha256Hex, options: LinkOptions): Promise<URL>
}
