/** securesystemslib keys of every algorithm: their keyids, and their form from PEM. @module */

import { CryptoError, fromPem, sha256Hex, toHex, toPem, type ExactJsonObject } from '@aibomgen/core'

import { canonicalizeOlpc } from './olpc-canonical-json.ts'

/** A public key as securesystemslib writes it: ed25519 in hex, RSA and ECDSA as SPKI PEM. */
export interface KeyObject {
  readonly keytype: string
  readonly scheme: string
  readonly keyval: { readonly public: string }
}

/** The keyid: SHA-256 of the canonical `{keytype, scheme, keyval}`. Only who makes keys has a use for it: elsewhere keyids are opaque. */
export function keyIdOf(key: KeyObject): string {
  return sha256Hex(canonicalizeOlpc(identityOf(key)))
}

/** The keyid that in-toto 1.x computes: its canonical form holds `keyid_hash_algorithms` too. */
export function legacyKeyIdOf(key: KeyObject): string {
  return sha256Hex(canonicalizeOlpc({ ...identityOf(key), keyid_hash_algorithms: ['sha256', 'sha512'] }))
}

/**
 * The key object of an SPKI PEM: Ed25519, RSA, or ECDSA on P-256 or P-384.
 *
 * @param scheme - signature scheme, where the key allows several; securesystemslib's default otherwise
 * @throws ParseError `KEY_INVALID`; CryptoError `ALGORITHM_UNSUPPORTED`
 */
export function keyObjectFromPem(pem: string, scheme?: string): KeyObject {
  const der = fromPem('PUBLIC KEY', pem)
  const identifier = toHex(der).replace(DER_SEQUENCE, '')
  for (const { prefix, keytype, scheme: defaultScheme } of ALGORITHMS) {
    if (!identifier.startsWith(prefix)) continue
    const value = keytype === 'ed25519' ? identifier.slice(prefix.length) : toPem('PUBLIC KEY', der)
    return { keytype, scheme: scheme ?? defaultScheme, keyval: { public: value } }
  }
  throw new CryptoError('ALGORITHM_UNSUPPORTED', 'expected an Ed25519, RSA, P-256 or P-384 public key', {
    algorithm: identifier.slice(0, 40),
  })
}

/** Head of the outer SEQUENCE: tag, and a length in one to three bytes. */
const DER_SEQUENCE = /^30(?:82[0-9a-f]{4}|81[0-9a-f]{2}|[0-7][0-9a-f])/

/** AlgorithmIdentifier in DER (RFC 8410, 3279, 5480); for Ed25519 with the head of the key's BIT STRING. */
const ALGORITHMS = [
  { prefix: '300506032b6570032100', keytype: 'ed25519', scheme: 'ed25519' },
  { prefix: '300d06092a864886f70d010101', keytype: 'rsa', scheme: 'rsassa-pss-sha256' },
  { prefix: '301306072a8648ce3d020106082a8648ce3d030107', keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256' },
  { prefix: '301006072a8648ce3d020106052b81040022', keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp384' },
] as const

function identityOf({ keytype, scheme, keyval }: KeyObject): ExactJsonObject {
  return { keytype, scheme, keyval: { public: keyval.public } }
}
