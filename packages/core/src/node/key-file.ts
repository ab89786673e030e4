/** Private keys in files: PKCS#8 PEM, mode 0600, optionally under a passphrase. @module */

import * as crypto from 'node:crypto'
import { open, rm } from 'node:fs/promises'

import { utf8Decode } from '../bytes.ts'
import { CryptoError, ParseError } from '../errors.ts'
import { createEd25519Signer, seedFromPem, seedToPem, type Signer } from '../signer.ts'
import { readFileBounded, reasonOf } from './files.ts'

/** How a key file is protected beyond its mode. */
export interface KeyFileOptions {
  readonly passphrase?: string | undefined
}

const MAX_BYTES = 16 * 1024

/**
 * Creates a key file of a fresh seed (32 bytes), with mode 0600; with a passphrase it is encrypted (PBES2, AES-256).
 *
 * @throws CryptoError `KEY_FILE_EXISTS`: a key is never overwritten
 */
export async function createKeyFile(path: string, seed: Uint8Array, options: KeyFileOptions = {}): Promise<Signer> {
  const signer = await createEd25519Signer(seed)
  const pem = options.passphrase === undefined ? seedToPem(seed) : encrypt(seed, options.passphrase)
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    if (reasonOf(cause) !== 'EEXIST') throw cause
    throw new CryptoError(
      'KEY_FILE_EXISTS',
      `expected no file at ${path}, got one: a key is never overwritten`,
      { path },
      { cause },
    )
  })
  try {
    await file.writeFile(pem)
    await file.sync()
  } catch (cause) {
    await rm(path, { force: true })
    throw cause
  } finally {
    await file.close()
  }
  return signer
}

/**
 * The signer of a key file.
 *
 * @throws CryptoError `PASSPHRASE_REQUIRED`, `PASSPHRASE_WRONG`; ParseError `KEY_INVALID`; ArtifactError `FILE_UNREADABLE`
 */
export async function readKeyFile(path: string, options: KeyFileOptions = {}): Promise<Signer> {
  const pem = utf8Decode(await readFileBounded(path, MAX_BYTES))
  if (!pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) return createEd25519Signer(seedFromPem(pem))
  if (options.passphrase === undefined) {
    throw new CryptoError('PASSPHRASE_REQUIRED', `key file ${path} is encrypted: expected a passphrase, got none`, {})
  }
  return createEd25519Signer(seedFromPem(decrypt(pem, options.passphrase, path)))
}

function encrypt(seed: Uint8Array, passphrase: string): string {
  const key = crypto.createPrivateKey(seedToPem(seed))
  return key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }).toString()
}

function decrypt(pem: string, passphrase: string, path: string): string {
  let key: crypto.KeyObject
  try {
    key = crypto.createPrivateKey({ key: pem, passphrase })
  } catch (cause) {
    throw new CryptoError('PASSPHRASE_WRONG', `key file ${path}: the passphrase does not open it`, {}, { cause })
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    const type = key.asymmetricKeyType ?? 'unknown'
    throw new ParseError('KEY_INVALID', `key file ${path}: expected an Ed25519 key, got ${type}`, { reason: 'type' })
  }
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}
