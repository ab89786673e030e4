/** A three-step supply chain for tests: honest to begin with. @module */

import { parseTimestamp, sha256Hex, utf8Encode, type Signer, type Timestamp } from '@aibomgen/core'

import { createLayout, type Layout, type LayoutFacts, type StepFacts } from '../src/layout.ts'
import { createLink, type LinkFacts, type RecordedArtifact } from '../src/link.ts'
import { signMetablock } from '../src/metablock.ts'
import { linkFileName } from '../src/verify-links.ts'
import type { SupplyChain } from '../src/verify-layout.ts'
import { readIdentity } from './vectors.ts'

/** A moment when the layout is in force. */
export const NOW: Timestamp = parseTimestamp('2026-11-22T12:00:00Z')

/** An artifact with this content. */
export function artifact(name: string, content: string = name): RecordedArtifact {
  return { name, sha256: sha256Hex(utf8Encode(content)) }
}

/** Everybody who has a key here. */
export interface Cast {
  readonly owner: Signer
  readonly alice: Signer
  readonly bob: Signer
  readonly mallory: Signer
}

/** The test identities. */
export async function readCast(): Promise<Cast> {
  const [owner, alice, bob, mallory] = await Promise.all([
    readIdentity('owner'),
    readIdentity('alice'),
    readIdentity('bob'),
    readIdentity('mallory'),
  ])
  return { owner, alice, bob, mallory }
}

/** Steps write (alice), build (bob) and pack (alice); each takes what the one before it made. */
export function stepsOf({ alice, bob }: Cast): StepFacts[] {
  return [
    {
      name: 'write',
      functionaries: [alice.publicKey],
      expectedMaterials: [['DISALLOW', '*']],
      expectedProducts: [
        ['REQUIRE', 'src/main.c'],
        ['CREATE', 'src/*'],
        ['DISALLOW', '*'],
      ],
    },
    {
      name: 'build',
      functionaries: [bob.publicKey],
      expectedCommand: ['cc', 'main.c'],
      expectedMaterials: [
        ['REQUIRE', 'src/main.c'],
        ['MATCH', 'src/*', 'WITH', 'PRODUCTS', 'FROM', 'write'],
        ['DISALLOW', '*'],
      ],
      expectedProducts: [
        ['CREATE', 'bin/main'],
        ['DISALLOW', '*'],
      ],
    },
    {
      name: 'pack',
      functionaries: [alice.publicKey],
      expectedMaterials: [
        ['MATCH', '*', 'IN', 'in', 'WITH', 'PRODUCTS', 'IN', 'bin', 'FROM', 'build'],
        ['DISALLOW', '*'],
      ],
      expectedProducts: [
        ['CREATE', 'main.tgz'],
        ['DISALLOW', '*'],
      ],
    },
  ]
}

/** The layout of those steps. */
export function layoutOf(cast: Cast, changes: Partial<LayoutFacts> = {}): Layout {
  return createLayout({ expires: parseTimestamp('2027-11-22T12:00:00Z'), steps: stepsOf(cast), ...changes })
}

/** What the honest functionaries report. */
export const HONEST_LINKS: Readonly<Record<'write' | 'build' | 'pack', LinkFacts>> = {
  write: { name: 'write', products: [artifact('src/main.c')] },
  build: {
    name: 'build',
    command: ['cc', 'main.c'],
    materials: [artifact('src/main.c')],
    products: [artifact('bin/main', 'binary')],
    byproducts: { 'return-value': 0, stdout: '', stderr: '' },
  },
  pack: { name: 'pack', materials: [artifact('in/main', 'binary')], products: [artifact('main.tgz')] },
}

/** The file of a link, signed by `signer` and named after them. */
export async function linkFile(facts: LinkFacts, signer: Signer): Promise<[string, Uint8Array]> {
  return [linkFileName(facts.name, signer.publicKey.keyid), await signMetablock(createLink(facts), [signer])]
}

/** The honest supply chain. */
export async function honestChain(cast: Cast): Promise<SupplyChain> {
  const { owner, alice, bob } = cast
  const links = await Promise.all([
    linkFile(HONEST_LINKS.write, alice),
    linkFile(HONEST_LINKS.build, bob),
    linkFile(HONEST_LINKS.pack, alice),
  ])
  return { layout: await signMetablock(layoutOf(cast), [owner], { legacyKeyids: true }), links: new Map(links) }
}
