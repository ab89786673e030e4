/** Supply chains of any size, for measuring and for tests of what grows. @module */

import { createEd25519Signer, parseTimestamp, sha256Hex, utf8Encode, type Signer } from '@aibomgen/core'

import { createLayout, type StepFacts } from '../src/layout.ts'
import { createLink, type RecordedArtifact } from '../src/link.ts'
import { signMetablock } from '../src/metablock.ts'
import { signDsse } from '../src/signed-file.ts'
import { linkFileName } from '../src/verify-links.ts'
import type { LayoutPolicy, SupplyChain } from '../src/verify-layout.ts'

/** How large, and in which form. */
export interface ChainSize {
  readonly steps: number
  /** Per step; each is a material of the step after it. */
  readonly artifacts: number
  readonly form: 'metablock' | 'dsse'
}

/** A chain and who may judge it: what `verifyLayout` takes. */
export interface LargeChain {
  readonly chain: SupplyChain
  readonly policy: LayoutPolicy
}

/** A chain in which every step changes every artifact of the step before it. */
export async function createLargeChain({ steps, artifacts, form }: ChainSize): Promise<LargeChain> {
  const [owner, worker] = await Promise.all([signerOf(1), signerOf(2)])
  const sign = form === 'metablock' ? signMetablock : signDsse
  const numbers = Array.from({ length: steps }, (_, step) => step)
  const layout = createLayout({
    expires: parseTimestamp('2036-01-01T00:00:00Z'),
    steps: numbers.map((step) => stepFacts(step, worker)),
  })
  const links = numbers.map(async (step): Promise<[string, Uint8Array]> => {
    const materials = step === 0 ? [] : artifactsOf(step - 1, artifacts)
    const link = createLink({ name: `step${step}`, materials, products: artifactsOf(step, artifacts) })
    return [linkFileName(link.name, worker.publicKey.keyid), await sign(link, [worker])]
  })
  return {
    chain: { layout: await sign(layout, [owner]), links: new Map(await Promise.all(links)) },
    policy: { ownerKeys: [owner.publicKey], at: parseTimestamp('2026-01-01T00:00:00Z') },
  }
}

function signerOf(number: number): Promise<Signer> {
  return createEd25519Signer(new Uint8Array(32).fill(number))
}

function stepFacts(step: number, { publicKey }: Signer): StepFacts {
  const [materials, change] =
    step === 0 ? [[], 'CREATE'] : [[['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', `step${step - 1}`]], 'MODIFY']
  return {
    name: `step${step}`,
    functionaries: [publicKey],
    expectedMaterials: [...materials, ['DISALLOW', '*']],
    expectedProducts: [
      [change, '*'],
      ['DISALLOW', '*'],
    ],
  }
}

function artifactsOf(step: number, count: number): RecordedArtifact[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `folder-${index % 100}/file-${index}.txt`,
    sha256: sha256Hex(utf8Encode(`${step} ${index}`)),
  }))
}
