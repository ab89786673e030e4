/** Keys for tests: the same ones in every run. @module */

import { createEd25519Signer, type Signer } from '@aibomgen/core'

/** The signer whose seed is `number` in every byte. */
export function testSigner(number: number): Promise<Signer> {
  return createEd25519Signer(new Uint8Array(32).fill(number))
}
