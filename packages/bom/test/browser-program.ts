/** What the browser test bundles and runs: the package's whole road, with nothing of Node's. @module */

import { createEd25519Signer } from '@aibomgen/core'
import { buildAibom, lintBom, readAibomClaims, signAibom, validateBom, verifyBomSignature } from '@aibomgen/bom'

import { WINE_FACTS } from './wine-facts.ts'

/** Builds, signs, verifies, validates and reads an AIBoM; gives its bytes and what it claims to be about. */
export async function run(): Promise<{ bytes: Uint8Array; jobId: string; problems: number }> {
  const signer = await createEd25519Signer(new Uint8Array(32).fill(1))
  const { bytes } = await signAibom(buildAibom(WINE_FACTS, { specVersion: '1.6' }), signer)
  const bom = await verifyBomSignature(bytes, [signer.publicKey])
  return { bytes, jobId: readAibomClaims(bom).jobId, problems: validateBom(bom).length + lintBom(bom).length }
}
