/** Local files: bounded reading, atomic writing. @module */

import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { collectBytes, sha256Hex, utf8Encode } from '@aibomgen/core'
import { digestFile, readFileBounded, readFileParts, reasonOf, writeFileAtomic } from '@aibomgen/core/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'core-files-'))
  path = join(directory, 'file')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const unreadable = (reason: string): unknown =>
  expect.objectContaining({ code: 'FILE_UNREADABLE', detail: { path, reason } })

describe('readFileBounded', () => {
  it('gives a whole file of at most as many bytes as it may', async () => {
    await writeFile(path, 'hello')
    expect(await readFileBounded(path, 5)).toEqual(utf8Encode('hello'))
  })

  it('refuses a larger file', async () => {
    await writeFile(path, 'hello')
    await expect(readFileBounded(path, 4)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      detail: { limit: 4, actual: 5 },
    })
  })

  it('reads a file through a symbolic link', async () => {
    await writeFile(join(directory, 'target'), 'hello')
    await symlink('target', path)
    expect(await readFileBounded(path, 5)).toEqual(utf8Encode('hello'))
  })
})

describe.each([
  ['readFileBounded', () => readFileBounded(path, 100)],
  ['digestFile', () => digestFile(path)],
  ['readFileParts', () => collectBytes(readFileParts(path), 100)],
])('%s refuses', (_, read) => {
  it('a file that is not there', async () => {
    await expect(read()).rejects.toThrow(unreadable('ENOENT'))
  })

  it('a directory', async () => {
    await mkdir(path)
    await expect(read()).rejects.toThrow(unreadable('is a directory'))
  })

  it('a device, which never ends', async () => {
    await symlink('/dev/zero', path)
    await expect(read()).rejects.toThrow(unreadable('is not a regular file'))
  })
})

describe.each([
  ['empty', 0],
  ['of one byte', 1],
  ['of one part exactly', 256 * 1024],
  ['of several parts and a bit', 5 * 256 * 1024 + 7],
])('a file that is %s', (_, length) => {
  it('is read whole, and has the digest of its bytes', async () => {
    const bytes = Uint8Array.from({ length }, (_unused, index) => (index * 31) >> 5)
    await writeFile(path, bytes)
    expect(await digestFile(path)).toEqual({ sha256: sha256Hex(bytes), sizeBytes: length })
    expect(sha256Hex(await collectBytes(readFileParts(path), length))).toBe(sha256Hex(bytes))
  })
})

it('readFileParts closes its file when its reader stops early', async () => {
  await writeFile(path, new Uint8Array(1024 * 1024))
  const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length
  const before = await openFiles()
  for (let round = 0; round < 5; round++) {
    for await (const part of readFileParts(path)) {
      expect(part.length).toBeGreaterThan(0)
      break
    }
  }
  expect(await openFiles()).toBe(before)
})

describe('writeFileAtomic', () => {
  it('writes a file of the mode it is told, and leaves nothing beside it', async () => {
    await writeFileAtomic(path, utf8Encode('hello'), 0o600)
    expect(await readFile(path, 'utf8')).toBe('hello')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['file'])
  })

  it('replaces a file', async () => {
    await writeFile(path, 'before')
    await writeFileAtomic(path, utf8Encode('after'))
    expect(await readFile(path, 'utf8')).toBe('after')
  })

  it('takes many writers at once, of the same bytes and to the same file', async () => {
    const names = ['a', 'b', 'file', 'file', 'file']
    await Promise.all(names.map((name) => writeFileAtomic(join(directory, name), utf8Encode('hello'))))
    expect((await readdir(directory)).sort()).toEqual(['a', 'b', 'file'])
    for (const name of names) expect(await readFile(join(directory, name), 'utf8')).toBe('hello')
  })

  it('refuses where it cannot write, and leaves nothing behind', async () => {
    await mkdir(path)
    await expect(writeFileAtomic(path, utf8Encode('hello'))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      detail: { path, reason: expect.stringMatching(/^E[A-Z]+$/) },
    })
    await expect(writeFileAtomic(join(directory, 'no', 'file'), utf8Encode('hello'))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      detail: { reason: 'ENOENT' },
    })
    expect(await readdir(directory)).toEqual(['file'])
  })
})

it.each([
  ['the code of a system error', Object.assign(new Error('long text'), { code: 'EACCES' }), 'EACCES'],
  ['the message of another error', new Error('text'), 'text'],
  ['what is no error, as text', 'text', 'text'],
])('reasonOf gives %s', (_, cause, reason) => {
  expect(reasonOf(cause)).toBe(reason)
})
