/** Verification of a layout of ten steps, each with ten thousand artifacts. @module */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { parseJson, parseTimestamp, publicKeyToSecuresystemslib, type Signer } from '@aibomgen/core'
import {
  createLayout,
  createLink,
  linkFileName,
  parseLayout,
  serializeLayout,
  signDsse,
  signMetablock,
  verifyLayout,
  type Layout,
  type Link,
  type SupplyChain,
} from '@aibomgen/intoto'

import type { Benchmark, Peer } from './benchmark.ts'
import { digestOf, signerOf } from './fixtures/functionaries.ts'
import { withScratch } from './fixtures/scratch.ts'
import { findPython, runPeer } from './process.ts'
import { sampleInTurn, summarize, timed, type Sample } from './sample.ts'

const STEPS = 10
const ARTIFACTS = 10_000
const EXPIRES = parseTimestamp('2099-01-01T00:00:00Z')
const AT = parseTimestamp('2026-01-01T00:00:00Z')
const REFERENCE = 'in-toto 1.3.1 (Python)'

export const layoutMetablock: Benchmark = {
  name: 'layout-metablock',
  what: 'layout of 10 steps × 10 000 artifacts, Metablock',
  target: { kind: 'speed', atLeast: 5 },
  async run() {
    const owner = await signerOf('owner')
    const chain = await signMetablockChain(owner)
    return { kind: 'measured', unit: 's', ours: await measure(chain, owner), peer: await runReference(chain, owner) }
  },
}

export const layoutDsse: Benchmark = {
  name: 'layout-dsse',
  what: 'layout of 10 steps × 10 000 artifacts, DSSE',
  target: { kind: 'speed', atLeast: 5 },
  async run() {
    const owner = await signerOf('owner')
    const ours = await measure(await signDsseChain(owner), owner)
    return { kind: 'measured', unit: 's', ours, peer: { kind: 'recorded', name: 'in-toto 2.x (Python)', figure: 1.3 } }
  },
}

async function measure(chain: SupplyChain, owner: Signer): Promise<Sample> {
  const policy = { ownerKeys: [owner.publicKey], at: AT }
  const { ours } = await sampleInTurn({ ours: timed(() => verifyLayout(chain, policy)) }, { rounds: 7, warmUps: 1 })
  return ours
}

async function signDsseChain(owner: Signer): Promise<SupplyChain> {
  const functionary = await signerOf('functionary')
  const links = await signLinks(functionary.publicKey.keyid, (link) => signDsse(link, [functionary]))
  return { layout: await signDsse(layoutFor(functionary), [owner]), links }
}

/** Keys under their legacy keyids: the reference of this form knows no other. */
async function signMetablockChain(owner: Signer): Promise<SupplyChain> {
  const functionary = await signerOf('functionary')
  const { keyid, legacyKeyid } = functionary.publicKey
  const text = JSON.stringify(serializeLayout(layoutFor(functionary))).replaceAll(keyid, legacyKeyid)
  const layout = parseLayout(parseJson(Buffer.from(text), { maxBytes: 2 ** 20, numbers: 'exact' }))
  return {
    layout: await signMetablock(layout, [owner], { legacyKeyids: true }),
    links: await signLinks(legacyKeyid, (link) => signMetablock(link, [functionary], { legacyKeyids: true })),
  }
}

function layoutFor({ publicKey }: Signer): Layout {
  return createLayout({
    expires: EXPIRES,
    steps: Array.from({ length: STEPS }, (_, index) => ({
      name: stepName(index),
      functionaries: [publicKey],
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

async function runReference({ layout, links }: SupplyChain, { publicKey }: Signer): Promise<Peer> {
  const python = await findPython('in_toto')
  if (python === undefined) return { kind: 'recorded', name: REFERENCE, figure: 3.5 }
  return withScratch(async (directory) => {
    const key = { ...publicKeyToSecuresystemslib(publicKey), keyid: publicKey.legacyKeyid }
    await mkdir(join(directory, 'links'))
    await writeFile(join(directory, 'layout.json'), layout)
    await writeFile(join(directory, 'key.json'), JSON.stringify(key))
    for (const [name, bytes] of links) await writeFile(join(directory, 'links', name), bytes)
    const seconds = await runPeer(python, 'in_toto_layout.py', [directory, '3'])
    return { kind: 'measured', name: REFERENCE, sample: summarize(seconds) }
  })
}
