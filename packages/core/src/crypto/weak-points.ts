/** Ed25519 public keys that nobody can own. @module */

import { toHex } from '../bytes.ts'

// The y coordinates of the eight points of small order: under such a key a trivial signature fits any message.
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/**
 * Whether 32 bytes are a point of small order, or spell a coordinate at or above the field's prime (a second spelling
 * of another key). RFC 8032, section 5.1.3, refuses the latter; the former is what strict verifiers refuse.
 */
export function isWeakPoint(publicKey: Uint8Array): boolean {
  const y = Uint8Array.from(publicKey)
  y[31] = (y[31] ?? 0) & 0x7f
  return SMALL_ORDER.has(toHex(y)) || isAtLeastPrime(y)
}

/** The prime is 2^255 − 19: little-endian `ed ff … ff 7f`. */
function isAtLeastPrime(y: Uint8Array): boolean {
  return (y[0] ?? 0) >= 0xed && y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff)
}
