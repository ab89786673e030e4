/** Bytes and their spellings: UTF-8, hex, base64. @module */

import { ParseError } from './errors.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD, as the Encoding Standard says. */
export function utf8Encode(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * The text that `bytes` spell in UTF-8. A byte order mark stays, as U+FEFF, for the caller to refuse.
 *
 * @throws ParseError `ENCODING_INVALID`
 */
export function utf8Decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new ParseError(
      'ENCODING_INVALID',
      'expected UTF-8, got an ill-formed sequence',
      { encoding: 'utf-8' },
      { cause },
    )
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

/**
 * The bytes that lower- or upper-case hex digits spell.
 *
 * @throws ParseError `ENCODING_INVALID`
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new ParseError('ENCODING_INVALID', 'expected an even number of hex digits', { encoding: 'hex' })
  }
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16)
  }
  return bytes
}

/** Standard base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // In pieces: String.fromCharCode takes its arguments from the stack.
  for (let start = 0; start < bytes.length; start += 8192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8192))
  }
  return btoa(binary)
}

/** URL-safe base64 without padding (RFC 4648, section 5), as JWK and JSF spell it. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * The bytes that base64 spells: standard or URL-safe alphabet, padded or not. One spelling per value: unused bits must
 * be zero, padding must be whole, white space is refused.
 *
 * @throws ParseError `ENCODING_INVALID`
 */
export function fromBase64(text: string): Uint8Array {
  const bare = text.replace(/={1,2}$/, '')
  const isPadded = bare.length !== text.length
  const spare = bare.length % 4
  const hasUnusedBits = (spare === 2 && !/[AQgw]$/.test(bare)) || (spare === 3 && !/[AEIMQUYcgkosw048]$/.test(bare))
  const isMixed = /[+/]/.test(bare) && /[-_]/.test(bare)
  if (spare === 1 || hasUnusedBits || isMixed || (isPadded && text.length % 4 !== 0)) throw invalidBase64()
  const binary = decodeBase64(bare.replaceAll('-', '+').replaceAll('_', '/'))
  // atob passes over white space: what is shorter than its digits ask for had some.
  if (binary.length !== Math.floor((bare.length * 3) / 4)) throw invalidBase64()
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

function decodeBase64(text: string): string {
  try {
    return atob(text)
  } catch (cause) {
    throw invalidBase64(cause)
  }
}

function invalidBase64(cause?: unknown): ParseError {
  return new ParseError('ENCODING_INVALID', 'expected base64', { encoding: 'base64' }, { cause })
}

/** All parts, one after the other, in one array of their own. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Whether both hold the same bytes. Not in constant time: for digests and public data. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/**
 * Everything that `source` yields, in one array. Parts are copied: a source may use their memory again.
 *
 * @throws ParseError `LIMIT_EXCEEDED` as soon as there are more than `maxBytes`
 */
export async function collectBytes(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of source) {
    sizeBytes += part.length
    assertWithin(sizeBytes, maxBytes, 'bytes')
    parts.push(part.slice())
  }
  return concatBytes(...parts)
}

/**
 * Nothing, unless `actual` is past `limit`.
 *
 * @throws ParseError `LIMIT_EXCEEDED`
 */
export function assertWithin(actual: number, limit: number, what: string): void {
  if (actual > limit) {
    throw new ParseError('LIMIT_EXCEEDED', `expected at most ${limit} ${what}, got ${actual}`, { what, limit, actual })
  }
}
