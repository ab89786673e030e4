/** Key files: mode 0600, never overwritten, opened by the right passphrase alone. @module */

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createEd25519Signer, seedToPem, toBase64, toHex } from '@aibomgen/core'
import { createKeyFile, readKeyFile } from '@aibomgen/core/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const seed = Uint8Array.from({ length: 32 }, (_, index) => index + 1)
const passphrase = 'correct horse battery stäple'
const { publicKey } = await createEd25519Signer(seed)

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'core-keys-'))
  path = join(directory, 'owner.pem')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe.each([
  ['plain', {}],
  ['encrypted', { passphrase }],
])('a key file that is %s', (_, options) => {
  it('gives its signer back', async () => {
    const created = await createKeyFile(path, seed, options)
    const read = await readKeyFile(path, options)
    expect(created.publicKey).toEqual(publicKey)
    expect(read.publicKey).toEqual(publicKey)
    expect(await read.sign(seed)).toEqual(await created.sign(seed))
  })

  it('is for its owner alone', async () => {
    await createKeyFile(path, seed, options)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is never overwritten', async () => {
    await createKeyFile(path, seed, options)
    const before = await readFile(path)
    await expect(createKeyFile(path, new Uint8Array(32).fill(9), options)).rejects.toMatchObject({
      code: 'KEY_FILE_EXISTS',
      detail: { path },
    })
    expect(await readFile(path)).toEqual(before)
  })
})

describe('a passphrase', () => {
  it('keeps the seed out of the file', async () => {
    await createKeyFile(path, seed, { passphrase })
    const text = await readFile(path, 'utf8')
    expect(text).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
    expect(text.replaceAll('\n', '')).not.toContain(toBase64(seed).slice(0, 20))
    expect(Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64').toString('hex')).not.toContain(toHex(seed))
  })

  it('must be the right one', async () => {
    await createKeyFile(path, seed, { passphrase })
    await expect(readKeyFile(path, { passphrase: 'wrong' })).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
    await expect(readKeyFile(path, { passphrase: '' })).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
  })

  it('must be there for an encrypted file', async () => {
    await createKeyFile(path, seed, { passphrase })
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'PASSPHRASE_REQUIRED' })
  })

  it('stands in no message', async () => {
    await createKeyFile(path, seed, { passphrase })
    const error: unknown = await readKeyFile(path, { passphrase: 'hunter2' }).catch((reason: unknown) => reason)
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2')
  })
})

describe('readKeyFile refuses', () => {
  it('a file that is not there', async () => {
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', detail: { reason: 'ENOENT' } })
  })

  it.each([
    ['an empty file', ''],
    [
      'a public key',
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    ],
    ['two keys', seedToPem(seed) + seedToPem(seed)],
    ['a file that is no text', '\u0000\u0001'],
  ])('%s', async (_, content) => {
    await writeFile(path, content)
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })

  it('a key of another algorithm, encrypted or not', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }))
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }))
    await expect(readKeyFile(path, { passphrase })).rejects.toMatchObject({ code: 'KEY_INVALID' })
  })

  it('an encrypted key that was damaged', async () => {
    await createKeyFile(path, seed, { passphrase })
    await writeFile(path, (await readFile(path, 'utf8')).replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'))
    await expect(readKeyFile(path, { passphrase })).rejects.toMatchObject({
      code: expect.stringMatching(/^(KEY_INVALID|PASSPHRASE_WRONG)$/),
    })
  })

  it('a file far too large for a key', async () => {
    await writeFile(path, new Uint8Array(20_000))
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})

it('createKeyFile refuses a seed that is too short, and makes no file', async () => {
  await expect(createKeyFile(path, new Uint8Array(31))).rejects.toMatchObject({ code: 'KEY_INVALID' })
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
})
