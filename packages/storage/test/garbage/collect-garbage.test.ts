/** Garbage collection, on a store on disk and on one on a real S3 server. @module */

import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { addDays, sha256Hex, toTimestamp, utf8Encode, type ArtifactStore, type Sha256Hex } from '@aibomgen/core'
import { FsArtifactStore } from '@aibomgen/storage/fs'
import { collectGarbage, type ArtifactAges } from '@aibomgen/storage/garbage'
import { S3ArtifactStore } from '@aibomgen/storage/s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { inParts, listAll } from '../artifact-store-contract.ts'
import { openTestBucket, skipped, withoutS3, type TestBucket } from '../s3/test-bucket.ts'

type AgedStore = ArtifactStore & ArtifactAges

const now = toTimestamp(new Date())
const [YESTERDAY, TOMORROW] = [addDays(now, -1), addDays(now, 1)]
const limits = { maxBytes: 1024 }
const none = async (): Promise<boolean> => false

async function put(store: ArtifactStore, text: string): Promise<Sha256Hex> {
  return (await store.put(inParts(utf8Encode(text)), limits)).sha256
}

function describeCollection(create: () => AgedStore): void {
  let store: AgedStore
  beforeEach(() => {
    store = create()
  })

  it('takes what nobody refers to, and leaves the rest', async () => {
    const kept = await put(store, 'kept')
    await put(store, 'garbage')
    await put(store, 'rubbish')
    const isReferenced = async (digest: Sha256Hex): Promise<boolean> => digest === kept
    const report = await collectGarbage(store, { isReferenced, storedBefore: TOMORROW })
    expect(report).toEqual({ kept: 1, deleted: 2, deletedBytes: 14 })
    expect(await listAll(store)).toEqual([{ sha256: kept, sizeBytes: 4 }])
  })

  it('leaves what was put lately', async () => {
    await put(store, 'its reference is on the way')
    const report = await collectGarbage(store, { isReferenced: none, storedBefore: YESTERDAY })
    expect(report).toEqual({ kept: 1, deleted: 0, deletedBytes: 0 })
  })

  it('leaves everything when nobody can tell what is referred to', async () => {
    await put(store, 'unknown')
    const broken = new Error('database gone')
    const isReferenced = (): Promise<boolean> => Promise.reject(broken)
    await expect(collectGarbage(store, { isReferenced, storedBefore: TOMORROW })).rejects.toBe(broken)
    expect(await listAll(store)).toHaveLength(1)
  })

  it('stops when it is told to', async () => {
    await put(store, 'garbage')
    const policy = { isReferenced: none, storedBefore: TOMORROW, signal: AbortSignal.abort() }
    await expect(collectGarbage(store, policy)).rejects.toMatchObject({ name: 'AbortError' })
    expect(await listAll(store)).toHaveLength(1)
  })

  it('knows no age of what is not there', async () => {
    expect(await store.storedAt(sha256Hex(utf8Encode('never put')))).toBeUndefined()
  })
}

describe('garbage collection on disk', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'collect-garbage-'))
    return () => rm(directory, { recursive: true })
  })

  describeCollection(() => new FsArtifactStore(directory))

  it('takes an old artifact for new once it was put again', async () => {
    const store = new FsArtifactStore(directory)
    const digest = await put(store, 'old')
    const old = new Date(addDays(now, -30))
    await utimes(join(directory, 'blobs', digest.slice(0, 2), digest.slice(2)), old, old)
    expect(await store.storedAt(digest)).toBe(toTimestamp(old))
    await put(store, 'old')
    await collectGarbage(store, { isReferenced: none, storedBefore: YESTERDAY })
    expect(await store.has(digest)).toBe(true)
  })
})

describe.skipIf(withoutS3 !== undefined)(`garbage collection on S3${skipped(withoutS3)}`, () => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await openTestBucket()
  })
  afterAll(() => bucket[Symbol.asyncDispose]())

  describeCollection(() => new S3ArtifactStore(bucket.newLocation()))
})
