/** Keys and signatures that openssl makes, and ours that it takes. @module */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { publicKeyFromPem, publicKeyToPem, seedFromPem, sha256Hex, verifySignature } from '@aibomgen/core'
import { createKeyFile, readKeyFile } from '@aibomgen/core/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const version = spawnSync('openssl', ['version']).stdout?.toString() ?? ''
const passphrase = 'correct horse'

describe.skipIf(!/^OpenSSL 3/.test(version))('openssl (skipped without version 3)', () => {
  const message = Uint8Array.from({ length: 1000 }, (_, index) => index)
  let directory: string
  const at = (name: string): string => join(directory, name)
  const openssl = (...parts: string[]): string =>
    execFileSync('openssl', parts, { cwd: directory, stdio: 'pipe' }).toString()

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'core-openssl-'))
    writeFileSync(at('message'), message)
    openssl('genpkey', '-algorithm', 'ed25519', '-out', 'theirs.pem')
    openssl('pkey', '-in', 'theirs.pem', '-pubout', '-out', 'theirs.pub.pem')
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('makes a private key that we sign with, under the public key it gives', async () => {
    const signer = await readKeyFile(at('theirs.pem'))
    expect(publicKeyToPem(signer.publicKey)).toBe(readFileSync(at('theirs.pub.pem'), 'utf8'))
    writeFileSync(at('ours.sig'), await signer.sign(message))
    openssl(
      'pkeyutl',
      '-verify',
      '-rawin',
      '-pubin',
      '-inkey',
      'theirs.pub.pem',
      '-in',
      'message',
      '-sigfile',
      'ours.sig',
    )
  })

  it('makes a signature that we verify', async () => {
    openssl('pkeyutl', '-sign', '-rawin', '-inkey', 'theirs.pem', '-in', 'message', '-out', 'theirs.sig')
    const key = publicKeyFromPem(readFileSync(at('theirs.pub.pem'), 'utf8'))
    const signature = new Uint8Array(readFileSync(at('theirs.sig')))
    expect(await verifySignature(key, message, signature)).toBe(true)
    expect(await verifySignature(key, message.subarray(1), signature)).toBe(false)
  })

  it('reads the key files that we write, plain and encrypted', async () => {
    const seed = seedFromPem(readFileSync(at('theirs.pem'), 'utf8'))
    await createKeyFile(at('plain.pem'), seed)
    await createKeyFile(at('encrypted.pem'), seed, { passphrase })
    const expected = readFileSync(at('theirs.pub.pem'), 'utf8')
    expect(openssl('pkey', '-in', 'plain.pem', '-pubout')).toBe(expected)
    expect(openssl('pkey', '-in', 'encrypted.pem', '-passin', `pass:${passphrase}`, '-pubout')).toBe(expected)
  })

  it.each(['-aes256', '-aes-128-cbc'])('writes a key encrypted with %s that we read', async (cipher) => {
    openssl(
      'pkcs8',
      '-topk8',
      '-v2',
      cipher.slice(1),
      '-in',
      'theirs.pem',
      '-passout',
      `pass:${passphrase}`,
      '-out',
      'enc.pem',
    )
    const signer = await readKeyFile(at('enc.pem'), { passphrase })
    expect(publicKeyToPem(signer.publicKey)).toBe(readFileSync(at('theirs.pub.pem'), 'utf8'))
  })

  it('gives the same SHA-256', () => {
    expect(openssl('dgst', '-sha256', 'message').trim().endsWith(sha256Hex(message))).toBe(true)
  })

  it('makes an RSA key that we refuse', async () => {
    openssl('genpkey', '-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'rsa.pem')
    await expect(readKeyFile(at('rsa.pem'))).rejects.toMatchObject({ code: 'KEY_INVALID' })
    const publicPem = openssl('pkey', '-in', 'rsa.pem', '-pubout')
    expect(() => publicKeyFromPem(publicPem)).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  })
})
