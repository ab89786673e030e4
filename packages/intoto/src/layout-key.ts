/** The keys that a layout lists: those we can verify with, and those we only know by name. @module */

import {
  describeValue,
  ParseError,
  parseWith,
  publicKeyFromSecuresystemslib,
  type ExactJsonObject,
  type PublicKey,
} from '@aibomgen/core'
import * as z from 'zod'

/** A functionary's key in a layout. */
export interface LayoutKey {
  /** What the layout calls it. Opaque: need not be the digest of anything. */
  readonly keyid: string
  readonly algorithm: 'ed25519' | 'rsa' | 'ecdsa' | 'openpgp'
  /** Absent for the algorithms that we cannot verify yet: such a key counts for nothing. */
  readonly publicKey: PublicKey | undefined
  /** The key as the layout writes it. */
  readonly value: ExactJsonObject
}

const keySchema = z.looseObject({
  keyid: z.string(),
  keytype: z.string().optional(),
  method: z.string().optional(),
})

const ALGORITHMS: ReadonlyMap<string, LayoutKey['algorithm']> = new Map([
  ['ed25519', 'ed25519'],
  ['rsa', 'rsa'],
  ['ecdsa', 'ecdsa'],
  ['ecdsa-sha2-nistp256', 'ecdsa'],
  ['ecdsa-sha2-nistp384', 'ecdsa'],
])

/**
 * The key that a layout lists under `keyid`.
 *
 * @throws ParseError `DOCUMENT_INVALID` for an algorithm nobody knows and for a key listed under another's keyid;
 *   `KEY_INVALID`
 */
export function parseLayoutKey(value: unknown, keyid: string): LayoutKey {
  const document = `layout, key "${keyid}"`
  const key = parseWith(keySchema, value, document)
  if (key.keyid !== keyid) throw invalid(document, 'keyid', 'the keyid it is listed under', key.keyid)
  // OpenPGP keys have no keytype; their `method` says what they are.
  const isOpenpgp = key.keytype === undefined && key.method?.startsWith('pgp+') === true
  const algorithm = isOpenpgp ? 'openpgp' : ALGORITHMS.get(key.keytype ?? '')
  if (algorithm === undefined) throw invalid(document, 'keytype', 'ed25519, rsa or ecdsa', key.keytype)
  const publicKey = algorithm === 'ed25519' ? publicKeyFromSecuresystemslib(value) : undefined
  return { keyid, algorithm, publicKey, value: value as ExactJsonObject }
}

function invalid(document: string, path: string, expected: string, got: unknown): ParseError {
  const problem = { path, expected, got: describeValue(got) }
  const message = `${document}: ${path}: expected ${expected}, got ${problem.got}`
  return new ParseError('DOCUMENT_INVALID', message, { document, problems: [problem] })
}
