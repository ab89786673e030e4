/** Verification of a layout of ten steps, each with ten thousand artifacts. @module */

import { parseTimestamp, type PublicKey } from '@aibomgen/core'
import {
  createLayout,
  createLink,
  linkFileName,
  signDsse,
  signMetablock,
  verifyLayout,
  type Layout,
  type Link,
  type SupplyChain,
} from '@aibomgen/intoto'

import { sampleBesideReference } from './beside-reference.ts'
import type { Benchmark } from './benchmark.ts'
import { digestOf, signerOf, underLegacyKeyid } from './fixtures/functionaries.ts'
import { sampleInTurn, timed, type Run } from './sample.ts'

const STEPS = 10
const ARTIFACTS = 10_000
const EXPIRES = parseTimestamp('2099-01-01T00:00:00Z')
const AT = parseTimestamp('2026-01-01T00:00:00Z')
const ROUNDS = { rounds: 5, warmUps: 1 }
const NOTE = 'each step but the first has 10 000 materials, matched with the step before, and all have 10 000 products'

export const layoutMetablock: Benchmark = {
  name: 'layout-metablock',
  what: 'layout of 10 steps × 10 000 artifacts, Metablock',
  unit: 's',
  target: { kind: 'speed', atLeast: 5 },
  async run() {
    const [owner, functionary] = [await signerOf('owner'), await signerOf('functionary')].map(underLegacyKeyid)
    if (owner === undefined || functionary === undefined) throw new Error('expected two signers')
    const chain = await signChain(functionary.publicKey, {
      layout: (layout) => signMetablock(layout, [owner]),
      link: (link) => signMetablock(link, [functionary]),
    })
    const files = new Map([...chain.links, ['layout.json', chain.layout]])
    const reference = { script: 'in_toto_layout.py', files, key: owner.publicKey, recordedSeconds: 3.5 }
    const samples = await sampleBesideReference(verification(chain, owner.publicKey), reference, ROUNDS)
    return { kind: 'measured', ...samples, note: NOTE }
  },
}

export const layoutDsse: Benchmark = {
  name: 'layout-dsse',
  what: 'layout of 10 steps × 10 000 artifacts, DSSE',
  unit: 's',
  target: { kind: 'speed', atLeast: 5 },
  async run() {
    const [owner, functionary] = [await signerOf('owner'), await signerOf('functionary')]
    const chain = await signChain(functionary.publicKey, {
      layout: (layout) => signDsse(layout, [owner]),
      link: (link) => signDsse(link, [functionary]),
    })
    const { ours } = await sampleInTurn({ ours: verification(chain, owner.publicKey) }, ROUNDS)
    const peer = { kind: 'recorded', name: 'in-toto 2.x (Python)', figure: 1.3 } as const
    const note = 'the figure is from a machine where the layout in Metablock took Python 3.5 s'
    return { kind: 'measured', ours, peer, note }
  },
}

function verification(chain: SupplyChain, owner: PublicKey): Run {
  return timed(() => verifyLayout(chain, { ownerKeys: [owner], at: AT }))
}

async function signChain(
  functionary: PublicKey,
  sign: { layout(layout: Layout): Promise<Uint8Array>; link(link: Link): Promise<Uint8Array> },
): Promise<SupplyChain> {
  const layout = await sign.layout(layoutFor(functionary))
  return { layout, links: await signLinks(functionary.keyid, (link) => sign.link(link)) }
}

function layoutFor(functionary: PublicKey): Layout {
  return createLayout({
    expires: EXPIRES,
    steps: Array.from({ length: STEPS }, (_, index) => ({
      name: stepName(index),
      functionaries: [functionary],
      expectedMaterials:
        index === 0
          ? [['DISALLOW', '*']]
          : [
              ['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', stepName(index - 1)],
              ['DISALLOW', '*'],
            ],
      expectedProducts: [
        ['ALLOW', 'src/*'],
        ['DISALLOW', '*'],
      ],
    })),
  })
}

async function signLinks(keyid: string, sign: (link: Link) => Promise<Uint8Array>): Promise<Map<string, Uint8Array>> {
  const artifacts = Array.from({ length: ARTIFACTS }, (_, index) => {
    const name = `src/module-${index % 100}/file-${index}.ts`
    return { name, sha256: digestOf(name) }
  })
  const links = new Map<string, Uint8Array>()
  for (let index = 0; index < STEPS; index++) {
    const name = stepName(index)
    const link = createLink({ name, materials: index === 0 ? [] : artifacts, products: artifacts })
    links.set(linkFileName(name, keyid), await sign(link))
  }
  return links
}

function stepName(index: number): string {
  return `step-${index}`
}
