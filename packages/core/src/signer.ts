/** Who signs: a port, and its adapter for a key in memory. @module */

import { derivePublicKey, signEd25519 } from '#crypto'

import { fromHex, toHex } from './bytes.ts'
import { CryptoError, ParseError } from './errors.ts'
import { fromPem, publicKeyFromBytes, toPem, type PublicKey } from './key.ts'

/** A key holder: a file key today, a KMS or HSM tomorrow. */
export interface Signer {
  readonly publicKey: PublicKey
  /**
   * The pure Ed25519 signature (64 bytes) over exactly `message`.
   *
   * @throws CryptoError `SIGNING_FAILED`
   */
  sign(message: Uint8Array): Promise<Uint8Array>
}

// PrivateKeyInfo of Ed25519 (RFC 8410, section 7), all but the seed.
const PKCS8_PREFIX = '302e020100300506032b657004220420'

/**
 * A signer with the key of `seed`: 32 bytes from a good random source.
 *
 * @throws ParseError `KEY_INVALID`
 */
export async function createEd25519Signer(seed: Uint8Array): Promise<Signer> {
  if (seed.length !== 32) {
    throw new ParseError('KEY_INVALID', `private key: expected a seed of 32 bytes, got ${seed.length}`, {
      reason: 'length',
    })
  }
  const own = Uint8Array.from(seed)
  const publicKey = publicKeyFromBytes(await derivePublicKey(own))
  return {
    publicKey,
    sign: async (message) => {
      try {
        return await signEd25519(own, message)
      } catch (cause) {
        throw new CryptoError(
          'SIGNING_FAILED',
          `key ${publicKey.keyid} could not sign`,
          { keyid: publicKey.keyid },
          { cause },
        )
      }
    },
  }
}

/** A seed as unencrypted PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes it. */
export function seedToPem(seed: Uint8Array): string {
  return toPem('PRIVATE KEY', fromHex(PKCS8_PREFIX + toHex(seed)))
}

/**
 * The seed that an unencrypted PKCS#8 PEM holds.
 *
 * @throws ParseError `KEY_INVALID`
 */
export function seedFromPem(pem: string): Uint8Array {
  const der = toHex(fromPem('PRIVATE KEY', pem))
  if (!der.startsWith(PKCS8_PREFIX) || der.length !== PKCS8_PREFIX.length + 64) {
    throw new ParseError('KEY_INVALID', 'private key: expected an Ed25519 key in PKCS#8 form', { reason: 'form' })
  }
  return fromHex(der.slice(PKCS8_PREFIX.length))
}
