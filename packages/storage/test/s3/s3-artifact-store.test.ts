/** The S3 store runs the port's contract on a real server, and keeps its word about what lies there. @module */

import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'

import { collectBytes, sha256Hex, toTimestamp, utf8Encode, type Sha256Hex } from '@aibomgen/core'
import { S3ArtifactLinker, S3ArtifactStore, type S3Location } from '@aibomgen/storage/s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { describeArtifactStore, inParts, listAll } from '../artifact-store-contract.ts'
import {
  bytesOfParts,
  createClient,
  keysAt,
  openTestBucket,
  PART_BYTES,
  skipped,
  withoutS3,
  type TestBucket,
} from './test-bucket.ts'

const MiB = 1024 * 1024
const HELLO = utf8Encode('hello world')
const HELLO_SHA256 = sha256Hex(HELLO)
// More parts than a put has in memory at once.
const LARGE = bytesOfParts(6.2)
const LARGE_SHA256 = sha256Hex(LARGE)
const limits = { maxBytes: 64 * MiB }
const smallParts = { partBytes: PART_BYTES }

const blobName = (digest: Sha256Hex): string => `blobs/${digest.slice(0, 2)}/${digest.slice(2)}`

describe.skipIf(withoutS3 !== undefined)(`on a real S3 server${skipped(withoutS3)}`, () => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await openTestBucket()
  })
  afterAll(() => bucket[Symbol.asyncDispose]())

  describeArtifactStore('S3ArtifactStore', async () => {
    const location = bucket.newLocation()
    return { store: new S3ArtifactStore(location), damage: (digest) => damage(location, digest) }
  })

  describe('what lies in the bucket', () => {
    it('is one object named by its digest, and nothing else, for what fits into one part', async () => {
      const location = bucket.newLocation()
      await new S3ArtifactStore(location).put(inParts(HELLO), limits)
      expect(await keysAt(location)).toEqual([blobName(HELLO_SHA256)])
    })

    it.each([
      ['came in several parts', smallParts],
      ['came in several parts and was copied in several', { ...smallParts, copyBytes: 1.5 * PART_BYTES }],
      ['is exactly one part', { partBytes: LARGE.length }],
    ])('is one object named by its digest, and nothing else, for what %s', async (_, sizes) => {
      const location = bucket.newLocation()
      const store = new S3ArtifactStore(location, sizes)
      const put = await store.put(inParts(LARGE, 100_001), { ...limits, expect: LARGE_SHA256 })
      expect(put).toEqual({ sha256: LARGE_SHA256, sizeBytes: LARGE.length })
      expect(await keysAt(location)).toEqual([blobName(LARGE_SHA256)])
      expect(sha256Hex(await collectBytes(await store.open(LARGE_SHA256), LARGE.length))).toBe(LARGE_SHA256)
      const range = await store.open(LARGE_SHA256, { start: PART_BYTES - 1, end: PART_BYTES + 2 })
      expect(await collectBytes(range, 3)).toEqual(LARGE.slice(PART_BYTES - 1, PART_BYTES + 2))
      expect(await store.sweepIncoming(TOMORROW), 'no upload is left').toBe(0)
    })

    it('is nothing after a large put that was refused or broke off', async () => {
      const location = bucket.newLocation()
      const store = new S3ArtifactStore(location, smallParts)
      const large = (): AsyncIterable<Uint8Array> => inParts(LARGE, 10_000)
      await expect(store.put(large(), { maxBytes: LARGE.length - 1 })).rejects.toMatchObject({
        code: 'ARTIFACT_TOO_LARGE',
      })
      await expect(store.put(large(), { ...limits, expect: HELLO_SHA256 })).rejects.toMatchObject({
        code: 'ARTIFACT_CORRUPT',
      })
      const broken = new Error('connection lost')
      async function* breakingOff(): AsyncGenerator<Uint8Array> {
        yield* large()
        throw broken
      }
      await expect(store.put(breakingOff(), limits)).rejects.toBe(broken)
      expect(await keysAt(location)).toEqual([])
      expect(await store.sweepIncoming(TOMORROW), 'no upload is left').toBe(0)
    })

    it('is one object of the same large bytes put several times at once', async () => {
      const location = bucket.newLocation()
      const store = new S3ArtifactStore(location, smallParts)
      await Promise.all([1, 2, 3].map((factor) => store.put(inParts(LARGE, factor * 30_000), limits)))
      expect(await keysAt(location)).toEqual([blobName(LARGE_SHA256)])
    })

    it('may be objects of others, which are not listed', async () => {
      const location = bucket.newLocation()
      const store = new S3ArtifactStore(location)
      await store.put(inParts(HELLO), limits)
      for (const name of ['blobs/README', `blobs/zz/${HELLO_SHA256.slice(2)}`, `${blobName(HELLO_SHA256)}.bak`]) {
        const target = { Bucket: location.bucket, Key: location.prefix + name }
        await location.client.send(new PutObjectCommand({ ...target, Body: HELLO }))
      }
      expect(await listAll(store)).toEqual([{ sha256: HELLO_SHA256, sizeBytes: 11 }])
    })

    it('is found by every store of the same location, and by none of another', async () => {
      const location = bucket.newLocation()
      await new S3ArtifactStore(location).put(inParts(HELLO), limits)
      expect(await new S3ArtifactStore(location).has(HELLO_SHA256)).toBe(true)
      expect(await new S3ArtifactStore(bucket.newLocation()).has(HELLO_SHA256)).toBe(false)
    })
  })

  it('keeps a few parts in memory, whatever the size', async () => {
    const store = new S3ArtifactStore(bucket.newLocation(), { partBytes: 5 * MiB })
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    async function* zeros(): AsyncGenerator<Uint8Array> {
      const part = new Uint8Array(MiB)
      for (let count = 0; count < 64; count++) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        yield part
      }
    }
    await store.put(zeros(), limits)
    expect(most).toBeLessThan(40 * MiB)
  })

  it('is ready where the bucket is', async () => {
    await expect(new S3ArtifactStore(bucket.newLocation()).assertReady()).resolves.toBeUndefined()
  })

  it('takes a large artifact that was damaged in the bucket for damaged', async () => {
    const location = bucket.newLocation()
    const store = new S3ArtifactStore(location, smallParts)
    await store.put(inParts(LARGE, 10_000), limits)
    await damage(location, LARGE_SHA256)
    await expect(collectBytes(await store.open(LARGE_SHA256), LARGE.length)).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
    })
  })
})

describe('a location', () => {
  it.each(['artifacts', '/artifacts/', 'a//b/', '/'])('refuses the prefix %s', (prefix) => {
    const client = createClient('http://127.0.0.1:1')
    expect(() => new S3ArtifactStore({ client, bucket: 'artifacts', prefix })).toThrow(TypeError)
    expect(() => new S3ArtifactLinker({ client, bucket: 'artifacts', prefix })).toThrow(TypeError)
  })
})

const TOMORROW = toTimestamp(new Date(Date.now() + 86_400_000))

async function damage({ client, bucket, prefix }: S3Location, digest: Sha256Hex): Promise<void> {
  const target = { Bucket: bucket, Key: prefix + blobName(digest) }
  const { Body } = await client.send(new GetObjectCommand(target))
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await client.send(new PutObjectCommand({ ...target, Body: bytes }))
}
