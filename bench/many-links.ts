/** A thousand small links, read and verified in this process. @module */

import { parseEnvelope, parseJson, verifyEnvelope, type PublicKey } from '@aibomgen/core'
import {
  createLink,
  IN_TOTO_PAYLOAD_TYPE,
  parseLink,
  parseMetablock,
  signDsse,
  signMetablock,
  verifyMetablockSignatures,
  type Link,
} from '@aibomgen/intoto'

import { sampleBesideReference } from './beside-reference.ts'
import type { Benchmark } from './benchmark.ts'
import { digestOf, signerOf, underLegacyKeyid } from './fixtures/functionaries.ts'
import { sampleInTurn, timed } from './sample.ts'

const LINKS = 1000
const MAX_PAYLOAD_BYTES = 2 ** 20
const ROUNDS = { rounds: 7, warmUps: 2 }

export const dsseLinks: Benchmark = {
  name: 'dsse-links',
  what: '1000 DSSE links parsed and verified',
  unit: 's',
  target: { kind: 'speed', atLeast: 2 },
  async run() {
    const signer = await signerOf('functionary')
    const files = await signAll((link) => signDsse(link, [signer]))
    const verifyAll = (): Promise<Link[]> => Promise.all(files.map((file) => verifyDsse(file, signer.publicKey)))
    const { ours } = await sampleInTurn({ ours: timed(verifyAll) }, ROUNDS)
    const peer = { kind: 'recorded', name: 'in-toto 2.x (Python)', figure: 0.23 } as const
    const note =
      'Debian’s in-toto reads no DSSE; the figure is from a machine where 1000 Metablock links took it 0.65 s'
    return { kind: 'measured', ours, peer, note }
  },
}

export const metablockLinks: Benchmark = {
  name: 'metablock-links',
  what: '1000 Metablock links parsed and verified',
  unit: 's',
  target: { kind: 'none' },
  async run() {
    const signer = underLegacyKeyid(await signerOf('functionary'))
    const files = await signAll((link) => signMetablock(link, [signer]))
    const verifyAll = (): Promise<Link[]> => Promise.all(files.map((file) => verifyMetablock(file, signer.publicKey)))
    const named = new Map(files.map((file, index) => [`build.${index}.link`, file]))
    const reference = { script: 'in_toto_links.py', files: named, key: signer.publicKey, recordedSeconds: 0.65 }
    return { kind: 'measured', ...(await sampleBesideReference(timed(verifyAll), reference, ROUNDS)) }
  },
}

async function verifyDsse(file: Uint8Array, key: PublicKey): Promise<Link> {
  const payload = await verifyEnvelope(parseEnvelope(file), [key], { payloadType: IN_TOTO_PAYLOAD_TYPE })
  const value = parseJson(payload, { maxBytes: MAX_PAYLOAD_BYTES, numbers: 'exact', document: 'link' })
  return parseLink(value, { unknownMembers: 'ignore' })
}

async function verifyMetablock(file: Uint8Array, key: PublicKey): Promise<Link> {
  return parseLink(await verifyMetablockSignatures(parseMetablock(file), [key], 1))
}

/** Links of one functionary, each with three materials, two products and byproducts of its own. */
function signAll(sign: (link: Link) => Promise<Uint8Array>): Promise<Uint8Array[]> {
  const artifacts = (names: readonly string[], index: number) =>
    names.map((name) => ({ name: `${name}-${index}`, sha256: digestOf(`${name} ${index}`) }))
  return Promise.all(
    Array.from({ length: LINKS }, (_, index) =>
      sign(
        createLink({
          name: 'build',
          command: ['make', `target-${index}`],
          materials: artifacts(['src/main.c', 'src/main.h', 'Makefile'], index),
          products: artifacts(['bin/main', 'bin/main.map'], index),
          byproducts: { 'return-value': 0, stdout: `built ${index}\n`, stderr: '' },
        }),
      ),
    ),
  )
}
