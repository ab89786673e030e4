/** Ed25519 public keys, and the forms in which documents hold them. @module */

import { verifyEd25519 } from '#crypto'
import * as z from 'zod'

import { fromBase64, fromHex, toBase64, toBase64Url, toHex, utf8Encode } from './bytes.ts'
import { isWeakPoint } from './crypto/weak-points.ts'
import { sha256Hex } from './digest.ts'
import { ParseError } from './errors.ts'
import { parseWith } from './zod-problems.ts'

/** The name of a key: SHA-256 of its securesystemslib form, 64 lower-case hex digits. */
export type KeyId = string & { readonly __brand: 'KeyId' }

/** An Ed25519 public key. Two are the same key exactly when their `keyid` is the same. */
export interface PublicKey {
  readonly keyid: KeyId
  /** What in-toto 1.x calls the same key: its digest covered `keyid_hash_algorithms` too. */
  readonly legacyKeyid: KeyId
  /** 32 bytes. */
  readonly bytes: Uint8Array
}

/** A key as securesystemslib, and so in-toto, writes it. */
export interface SecuresystemslibKey {
  readonly keytype: 'ed25519'
  readonly scheme: 'ed25519'
  readonly keyval: { readonly public: string }
}

/** A key as JSON Web Key (RFC 8037). */
export interface Ed25519Jwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
}

// SubjectPublicKeyInfo of Ed25519 (RFC 8410, section 4), all but the key itself.
const SPKI_PREFIX = '302a300506032b6570032100'

/**
 * The key of 32 bytes.
 *
 * @throws ParseError `KEY_INVALID` for another length, and for points that nobody can own
 */
export function publicKeyFromBytes(bytes: Uint8Array): PublicKey {
  if (bytes.length !== 32) throw invalidKey(`expected 32 bytes, got ${bytes.length}`)
  if (isWeakPoint(bytes)) throw invalidKey('expected a point of full order, got a weak one')
  const own = Uint8Array.from(bytes)
  const hex = toHex(own)
  // The canonical (OLPC) form has no white space and sorted members: short enough to write out.
  const head = '{"keyid_hash_algorithms":["sha256","sha512"],'
  const body = `"keytype":"ed25519","keyval":{"public":"${hex}"},"scheme":"ed25519"}`
  return {
    keyid: sha256Hex(utf8Encode(`{${body}`)) as string as KeyId,
    legacyKeyid: sha256Hex(utf8Encode(`${head}${body}`)) as string as KeyId,
    bytes: own,
  }
}

/** Whether `signature` (64 bytes) is by `key` over exactly `message` (RFC 8032, pure Ed25519, strict). */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verifyEd25519(key.bytes, message, signature)
}

/** The key as SPKI PEM, as `openssl pkey -pubin` reads it. */
export function publicKeyToPem(key: PublicKey): string {
  return toPem('PUBLIC KEY', fromHex(SPKI_PREFIX + toHex(key.bytes)))
}

/**
 * The key that an SPKI PEM holds.
 *
 * @throws ParseError `KEY_INVALID`
 */
export function publicKeyFromPem(pem: string): PublicKey {
  const der = toHex(fromPem('PUBLIC KEY', pem))
  if (!der.startsWith(SPKI_PREFIX)) throw invalidKey('expected an Ed25519 public key in SPKI form')
  return publicKeyFromBytes(fromHex(der.slice(SPKI_PREFIX.length)))
}

/** The key as JSON Web Key. */
export function publicKeyToJwk(key: PublicKey): Ed25519Jwk {
  return { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(key.bytes) }
}

// Loose: a JWK may hold kid, use, alg and more. A private part has no business in a public key.
const jwkSchema = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected 32 bytes in base64url'),
  d: z.undefined().optional(),
})

/**
 * The key that a JSON Web Key holds.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `KEY_INVALID`; also when it holds a private part
 */
export function publicKeyFromJwk(value: unknown): PublicKey {
  return publicKeyFromBytes(fromBase64(parseWith(jwkSchema, value, 'JWK').x))
}

/** The key as in-toto writes it. */
export function publicKeyToSecuresystemslib(key: PublicKey): SecuresystemslibKey {
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: toHex(key.bytes) } }
}

const securesystemslibSchema = z.looseObject({
  keytype: z.literal('ed25519'),
  scheme: z.literal('ed25519'),
  keyval: z.looseObject({ public: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits') }),
})

/**
 * The key that a securesystemslib key object holds. The `keyid` it may claim is not looked at.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `KEY_INVALID`
 */
export function publicKeyFromSecuresystemslib(value: unknown): PublicKey {
  return publicKeyFromBytes(fromHex(parseWith(securesystemslibSchema, value, 'key').keyval.public))
}

/** DER in PEM armour (RFC 7468). */
export function toPem(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/**
 * The DER inside PEM armour with this label.
 *
 * @throws ParseError `KEY_INVALID`
 */
export function fromPem(label: string, pem: string): Uint8Array {
  const match = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/.exec(pem)
  if (match?.[1] !== label || match[2] === undefined) throw invalidKey(`expected one PEM block "${label}"`)
  try {
    return fromBase64(match[2].replaceAll(/[\r\n]/g, ''))
  } catch (cause) {
    throw new ParseError('KEY_INVALID', 'expected base64 inside the PEM block', { reason: 'base64' }, { cause })
  }
}

function invalidKey(reason: string): ParseError {
  return new ParseError('KEY_INVALID', `public key: ${reason}`, { reason })
}
