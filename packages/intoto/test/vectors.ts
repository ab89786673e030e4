/** Where tests find vectors and identities: in this repository, and beside it. @module */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { createEd25519Signer, fromBase64, type Signer } from '@aibomgen/core'

const VECTORS = new URL('../../../vectors/intoto/', import.meta.url)

/** The rows of one file of `vectors/intoto/_vectors`. */
export function readVectors<Row>(name: string): Row[] {
  return JSON.parse(readFileSync(new URL(`_vectors/${name}.json`, VECTORS), 'utf8')) as Row[]
}

/** Whom the whole cases know as well. */
export type Identity = 'owner' | 'owner2' | 'alice' | 'bob' | 'carol' | 'mallory'

/** The seed of a test identity. */
export function readSeed(name: Identity): Uint8Array {
  const { pkcs8 } = JSON.parse(readFileSync(new URL('_keys/identities.json', VECTORS), 'utf8')) as {
    pkcs8: Record<string, string>
  }
  return fromBase64(pkcs8[name] ?? '').slice(-32)
}

/** A test identity, ready to sign. */
export function readIdentity(name: Identity): Promise<Signer> {
  return createEd25519Signer(readSeed(name))
}

/** Directory of the whole in-toto cases, which lie beside the repository; undefined where they are missing. */
export const CASES_DIRECTORY: string | undefined = [new URL('../../../../shared/vectors/intoto/', import.meta.url)]
  .map((url) => fileURLToPath(url))
  .find((path) => existsSync(path))
