/** `#crypto` on node:crypto: fast, signatures on the thread pool. @module */

import * as crypto from 'node:crypto'

import type { Hash, HashAlgorithm } from './hash.ts'
import { isWeakPoint } from './weak-points.ts'

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** A hash in the making. */
export function createHash(algorithm: HashAlgorithm): Hash {
  const hash = crypto.createHash(algorithm)
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
  }
}

/** The SHA-256 of bytes that are all there: several times as fast as a hash in the making, for short ones. */
export function hashSha256(bytes: Uint8Array): Uint8Array {
  return crypto.hash('sha256', bytes, 'buffer')
}

/** The public key (32 bytes) of a seed (32 bytes). */
export function derivePublicKey(seed: Uint8Array): Promise<Uint8Array> {
  const spki = crypto.createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' })
  return Promise.resolve(new Uint8Array(spki.subarray(SPKI_PREFIX.length)))
}

/** The Ed25519 signature (64 bytes) by a seed (32 bytes). */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    crypto.sign(null, message, privateKey(seed), (error, signature) => {
      if (error === null) resolve(new Uint8Array(signature))
      else reject(error)
    })
  })
}

/** Whether the signature is by the key. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64 || isWeakPoint(publicKey)) return Promise.resolve(false)
  const key = openPublicKey(publicKey)
  return new Promise((resolve, reject) => {
    crypto.verify(null, message, key, signature, (error, verified) => {
      if (error === null) resolve(verified)
      else reject(error)
    })
  })
}

/** The key that was opened last: OpenSSL takes a third as long to read a key as to verify with it, and links come in rows. */
let lastOpened: { readonly bytes: Uint8Array; readonly key: crypto.KeyObject } | undefined

function openPublicKey(bytes: Uint8Array): crypto.KeyObject {
  // The bytes are compared, and kept as a copy: an array that is filled with another key later is another key.
  if (lastOpened !== undefined && Buffer.compare(lastOpened.bytes, bytes) === 0) return lastOpened.key
  const key = crypto.createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' })
  lastOpened = { bytes: Uint8Array.from(bytes), key }
  return key
}

function privateKey(seed: Uint8Array): crypto.KeyObject {
  return crypto.createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
}
