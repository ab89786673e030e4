/** `#crypto` on noble: for browsers, and the reference that node:crypto is held against. @module */

import { getPublicKeyAsync, hashes, signAsync, verifyAsync } from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'

import type { Hash, HashAlgorithm } from './hash.ts'
import { isWeakPoint } from './weak-points.ts'

// noble/ed25519 would otherwise ask WebCrypto for its SHA-512, which pages served without TLS do not have.
hashes.sha512Async = (message: Uint8Array) => Promise.resolve(sha512(message))

/** A hash in the making. */
export function createHash(algorithm: HashAlgorithm): Hash {
  const hash = algorithm === 'sha256' ? sha256.create() : sha512.create()
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest(),
  }
}

/** The SHA-256 of bytes that are all there. */
export function hashSha256(bytes: Uint8Array): Uint8Array {
  return sha256(bytes)
}

/** The public key (32 bytes) of a seed (32 bytes). */
export function derivePublicKey(seed: Uint8Array): Promise<Uint8Array> {
  return getPublicKeyAsync(seed)
}

/** The Ed25519 signature (64 bytes) by a seed (32 bytes). */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return signAsync(message, seed)
}

/** Whether the signature is by the key. */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64 || isWeakPoint(publicKey)) return false
  // ZIP215, noble's default, accepts what RFC 8032 refuses.
  return verifyAsync(signature, message, publicKey, { zip215: false })
}
