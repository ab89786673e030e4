/** The directory store runs the port's contract, and keeps its word about crashes, permissions and full disks. @module */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { getuid } from 'node:process'
import { fileURLToPath } from 'node:url'

import { collectBytes, sha256Hex, utf8Encode } from '@aibomgen/core'
import { FsArtifactStore } from '@aibomgen/storage/fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { describeArtifactStore, inParts, listAll } from '../artifact-store-contract.ts'

const HELLO = utf8Encode('hello world')
const HELLO_SHA256 = sha256Hex(HELLO)
const limits = { maxBytes: 1024 }

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fs-artifact-store-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const blobPath = (digest: string): string => join(directory, 'blobs', digest.slice(0, 2), digest.slice(2))

describeArtifactStore('FsArtifactStore', async () => ({
  store: new FsArtifactStore(join(directory, 'store')),
  damage: async (digest) => {
    const path = join(directory, 'store', 'blobs', digest.slice(0, 2), digest.slice(2))
    const bytes = await readFile(path)
    bytes[0] = (bytes[0] ?? 0) ^ 1
    await chmod(path, 0o644)
    await writeFile(path, bytes)
  },
}))

describe('what lies on disk', () => {
  it('is a read-only file named by its digest, and nothing else', async () => {
    await new FsArtifactStore(directory).put(inParts(HELLO), limits)
    expect(await readFile(blobPath(HELLO_SHA256))).toEqual(Buffer.from(HELLO))
    expect((await stat(blobPath(HELLO_SHA256))).mode & 0o777).toBe(0o444)
    expect(await filesBelow(directory)).toEqual([`blobs/${HELLO_SHA256.slice(0, 2)}/${HELLO_SHA256.slice(2)}`])
  })

  it('is no file after a put that was refused', async () => {
    const store = new FsArtifactStore(directory)
    await expect(store.put(inParts(HELLO), { maxBytes: 5 })).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' })
    await expect(store.put(inParts(HELLO), { ...limits, expect: sha256Hex(new Uint8Array()) })).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
    })
    expect(await filesBelow(directory)).toEqual([])
    expect(await readdir(join(directory, 'incoming'))).toEqual([])
  })

  it('may hold files of others, which are not listed', async () => {
    const store = new FsArtifactStore(directory)
    await store.put(inParts(HELLO), limits)
    await mkdir(join(directory, 'blobs', 'lost+found'))
    await writeFile(join(directory, 'blobs', '.DS_Store'), '')
    await writeFile(join(directory, 'blobs', HELLO_SHA256.slice(0, 2), 'note.txt'), '')
    expect(await listAll(store)).toEqual([{ sha256: HELLO_SHA256, sizeBytes: 11 }])
  })

  it('is found by every store of the same directory', async () => {
    await new FsArtifactStore(directory).put(inParts(HELLO), limits)
    expect(await new FsArtifactStore(directory).has(HELLO_SHA256)).toBe(true)
  })

  it('is found to be damaged when it was cut short', async () => {
    const store = new FsArtifactStore(directory)
    await store.put(inParts(HELLO), limits)
    await chmod(blobPath(HELLO_SHA256), 0o644)
    await writeFile(blobPath(HELLO_SHA256), HELLO.subarray(0, 10))
    await expect(collectBytes(await store.open(HELLO_SHA256), 11)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
  })
})

describe('a writer killed with SIGKILL during a put', () => {
  const program = fileURLToPath(new URL('put-until-killed.ts', import.meta.url))

  async function killWriter(): Promise<void> {
    const child = spawn(process.execPath, ['--conditions=@aibomgen/source', program, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    expect(await exited).toEqual([null, 'SIGKILL'])
  }

  it('leaves nothing that is taken for an artifact, and does not stop the next put', async () => {
    await killWriter()
    const store = new FsArtifactStore(directory)
    expect(await listAll(store)).toEqual([])
    expect(await filesBelow(directory)).toHaveLength(1)
    await store.put(inParts(HELLO), limits)
    expect(await listAll(store)).toEqual([{ sha256: HELLO_SHA256, sizeBytes: 11 }])
  })

  it('leaves a file that a put sweeps away once nothing was written to it for an hour, and not before', async () => {
    await killWriter()
    const [left = ''] = await filesBelow(directory)
    const store = new FsArtifactStore(directory)
    await age(join(directory, left), 59)
    await store.put(inParts(HELLO), limits)
    expect(await filesBelow(directory), 'it may be a slow writer').toContain(left)
    await age(join(directory, left), 61)
    await store.put(inParts(HELLO), limits)
    expect(await readdir(join(directory, 'incoming'))).toEqual([])
  })

  async function age(path: string, minutes: number): Promise<void> {
    const past = new Date(Date.now() - minutes * 60_000)
    await utimes(path, past, past)
  }
})

describe('a disk that refuses', () => {
  it('is a store that is unavailable, with the cause', async () => {
    await writeFile(join(directory, 'file'), '')
    const store = new FsArtifactStore(join(directory, 'file', 'store'))
    const refusal = { code: 'STORE_UNAVAILABLE', detail: { reason: 'ENOTDIR' }, cause: { code: 'ENOTDIR' } }
    await expect(store.put(inParts(HELLO), limits)).rejects.toMatchObject(refusal)
  })

  const isRoot = getuid?.() === 0
  it.skipIf(isRoot)('for lack of permission is one as well (skipped for root, whom nothing stops)', async () => {
    await chmod(directory, 0o500)
    const refusal = { code: 'STORE_UNAVAILABLE', detail: { reason: 'EACCES' }, cause: { code: 'EACCES' } }
    await expect(new FsArtifactStore(directory).put(inParts(HELLO), limits)).rejects.toMatchObject(refusal)
  })

  // A mount of its own, in a mount namespace of its own: no right is needed that a user does not have.
  const ownMount = ['--map-root-user', '--mount', 'sh', '-c']
  const canMount = spawnSync('unshare', [...ownMount, 'mount -t tmpfs tmpfs /mnt']).status === 0
  it.skipIf(!canMount)(
    'for lack of space is one as well, and nothing stays behind (skipped where no namespace can be had)',
    async () => {
      const program = fileURLToPath(new URL('put-on-full-disk.ts', import.meta.url))
      const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" --conditions=@aibomgen/source "$3" "$1"'
      const run = spawnSync('unshare', [...ownMount, script, 'sh', directory, process.execPath, program])
      expect(run.stderr.toString()).toBe('')
      expect(JSON.parse(run.stdout.toString())).toEqual({
        refused: { code: 'STORE_UNAVAILABLE', reason: 'ENOSPC', cause: 'ENOSPC' },
        leftBehind: ['incoming'],
        storedAfterwards: true,
      })
    },
  )
})

/** Paths of all files below `root`, relative to it. */
async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)))
}
