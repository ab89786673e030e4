/** What the S3 store does when server, network, credentials or bucket fail: nothing is lost, nothing half visible. @module */

import { collectBytes, parseTimestamp, sha256Hex, toTimestamp, utf8Encode } from '@aibomgen/core'
import { S3ArtifactStore, type S3Location } from '@aibomgen/storage/s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inParts, listAll } from '../artifact-store-contract.ts'
import { startFaultyProxy, type Fault, type FaultyProxy } from './faulty-proxy.ts'
import { startSwift } from './swift-server.ts'
import {
  bytesOfParts,
  createClient,
  keysAt,
  openSwiftBucket,
  openTestBucket,
  PART_BYTES,
  skipped,
  withoutS3,
  withoutSwift,
  type TestBucket,
} from './test-bucket.ts'

const HELLO = utf8Encode('hello world')
const HELLO_SHA256 = sha256Hex(HELLO)
const LARGE = bytesOfParts(1.2)
const LARGE_SHA256 = sha256Hex(LARGE)
const TOMORROW = toTimestamp(new Date(Date.now() + 86_400_000))
const LONG_AGO = toTimestamp(new Date(Date.now() - 86_400_000))
const limits = { maxBytes: LARGE.length }
const smallParts = { partBytes: PART_BYTES }

describe.skipIf(withoutS3 !== undefined)(`a store that cannot be used${skipped(withoutS3)}`, () => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await openTestBucket()
  })
  afterAll(() => bucket[Symbol.asyncDispose]())

  const wrongKey = { accessKeyId: 'test:tester', secretAccessKey: 'wrong' }
  const unreachable = 'http://127.0.0.1:1'
  const cases: [string, RegExp, (location: S3Location) => S3Location][] = [
    [
      'for credentials that the server does not accept',
      /SignatureDoesNotMatch|InvalidAccessKeyId|HTTP 403/,
      (location) => ({ ...location, client: createClient(bucket.endpoint, { credentials: wrongKey }) }),
    ],
    ['for a bucket that is not there', /NoSuchBucket/, (location) => ({ ...location, bucket: 'no-such-bucket-here' })],
    [
      'for a server that is not there',
      /ECONNREFUSED/,
      (location) => ({ ...location, client: createClient(unreachable, { maxAttempts: 1 }) }),
    ],
  ]
  it.each(cases)('says so %s, whatever it is asked', async (_, reason, spoil) => {
    const store = new S3ArtifactStore(spoil(bucket.newLocation()), smallParts)
    const refusal = { code: 'STORE_UNAVAILABLE', detail: { reason: expect.stringMatching(reason) } }
    await expect(store.put(inParts(HELLO), limits)).rejects.toMatchObject(refusal)
    await expect(store.put(inParts(LARGE, 10_000), limits)).rejects.toMatchObject(refusal)
    await expect(store.open(HELLO_SHA256)).rejects.toMatchObject(refusal)
    await expect(store.open(HELLO_SHA256, { start: 0, end: 1 })).rejects.toMatchObject(refusal)
    await expect(store.has(HELLO_SHA256)).rejects.toMatchObject(refusal)
    await expect(store.storedAt(HELLO_SHA256)).rejects.toMatchObject(refusal)
    await expect(store.delete(HELLO_SHA256)).rejects.toMatchObject(refusal)
    await expect(store.sweepIncoming(LONG_AGO)).rejects.toMatchObject(refusal)
    await expect(store.assertReady()).rejects.toMatchObject(refusal)
    const error: unknown = await listAll(store).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ ...refusal, cause: expect.any(Error) })
    expect(String(error), 'no secret is told').not.toContain(wrongKey.secretAccessKey)
  })

  describe('behind a network that fails', () => {
    let proxy: FaultyProxy
    beforeAll(async () => {
      proxy = await startFaultyProxy(bucket.endpoint)
    })
    afterAll(() => proxy[Symbol.asyncDispose]())

    it('tries again when the server is busy, and when an answer is lost', async () => {
      const location = bucket.newLocation()
      const store = new S3ArtifactStore({ ...location, client: createClient(proxy.endpoint) }, smallParts)
      const faults: Record<number, Fault> = { 1: 'busy', 3: 'lost', 6: 'busy', 8: 'lost' }
      proxy.setFaults((number) => faults[number])
      await store.put(inParts(LARGE, 10_000), limits)
      expect(sha256Hex(await collectBytes(await store.open(LARGE_SHA256), LARGE.length))).toBe(LARGE_SHA256)
    })

    it('says so when an answer breaks off while it is read', async () => {
      const location = bucket.newLocation()
      await new S3ArtifactStore(location).put(inParts(LARGE, 10_000), limits)
      const store = new S3ArtifactStore({ ...location, client: createClient(proxy.endpoint) })
      proxy.setFaults(() => 'cut')
      const read = collectBytes(await store.open(LARGE_SHA256), LARGE.length)
      await expect(read).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    })

    const requestsOfPut = [1, 2, 3, 4, 5, 6]
    it.each(requestsOfPut.flatMap((number) => [[number, 'lost'] as const, [number, 'unanswered'] as const]))(
      'shows the whole artifact or none when request %i of a put is %s, and puts it the next time',
      async (broken, fault) => {
        const location = bucket.newLocation()
        const direct = new S3ArtifactStore(location, smallParts)
        const client = createClient(proxy.endpoint, { maxAttempts: 1 })
        proxy.setFaults((number) => (number === broken ? fault : undefined))
        const put = new S3ArtifactStore({ ...location, client }, smallParts).put(inParts(LARGE, 10_000), limits)
        await expect(put).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: expect.any(Error) })
        expect(proxy.requests, 'the put came that far').toBeGreaterThanOrEqual(broken)
        for (const { sha256, sizeBytes } of await listAll(direct)) {
          expect(sha256Hex(await collectBytes(await direct.open(sha256), sizeBytes))).toBe(LARGE_SHA256)
        }
        await direct.put(inParts(LARGE, 10_000), limits)
        await direct.sweepIncoming(TOMORROW)
        expect(await keysAt(location)).toEqual([`blobs/${LARGE_SHA256.slice(0, 2)}/${LARGE_SHA256.slice(2)}`])
      },
    )
  })
})

describe.skipIf(withoutSwift !== undefined)(`on a Swift of its own${skipped(withoutSwift)}`, () => {
  it('fails a put when the server is killed, shows nothing of it, and takes it once the server runs again', async () => {
    await using swift = await openSwiftBucket()
    const location = swift.newLocation()
    const store = new S3ArtifactStore(location, smallParts)
    await store.put(inParts(HELLO), limits)
    async function* killing(): AsyncGenerator<Uint8Array> {
      yield LARGE
      await swift.server.kill()
      yield LARGE
    }
    const refusal = { code: 'STORE_UNAVAILABLE', cause: expect.any(Error) }
    await expect(store.put(killing(), { maxBytes: 2 * LARGE.length })).rejects.toMatchObject(refusal)
    await expect(store.has(HELLO_SHA256)).rejects.toMatchObject(refusal)

    await using restarted = await startSwift(swift.directory, swift.server.port)
    expect(restarted.port).toBe(swift.server.port)
    expect(await listAll(store), 'what was put before is there').toEqual([{ sha256: HELLO_SHA256, sizeBytes: 11 }])
    await store.put(inParts(LARGE, 10_000), limits)
    expect(sha256Hex(await collectBytes(await store.open(LARGE_SHA256), LARGE.length))).toBe(LARGE_SHA256)

    expect(await store.sweepIncoming(LONG_AGO), 'it may be a slow writer').toBe(0)
    expect(await store.sweepIncoming(TOMORROW), 'what the failed put left').toBe(1)
    expect(await store.sweepIncoming(TOMORROW)).toBe(0)
    expect(await listAll(store)).toHaveLength(2)
  })

  it('refuses to lock artifacts in a bucket that keeps no locks, before it stores any', async () => {
    await using swift = await openSwiftBucket()
    const location = swift.newLocation()
    const objectLock = { mode: 'GOVERNANCE', days: 1, clock: { now: () => LONG_AGO } } as const
    const store = new S3ArtifactStore(location, { objectLock })
    const refusal = { code: 'CONFIG_INVALID', detail: { problems: [{ path: '/objectLock', got: 'none' }] } }
    await expect(store.assertReady()).rejects.toMatchObject(refusal)
    await expect(store.put(inParts(HELLO), limits)).rejects.toMatchObject(refusal)
    expect(await keysAt(location)).toEqual([])
  })

  it('locks what gets its name, and not what is on its way in, where the bucket keeps locks', async () => {
    await using swift = await openSwiftBucket()
    const locked: string[] = []
    // Swift keeps no locks: it is made to say that it does, and what it is asked to lock is written down.
    await using proxy = await startFaultyProxy(swift.endpoint, ({ method, url = '', headers }) => {
      if (url.includes('?object-lock')) return LOCKS_ARE_KEPT
      const { 'x-amz-object-lock-mode': mode, 'x-amz-object-lock-retain-until-date': until } = headers
      if (mode !== undefined) locked.push([method, url.replace(/^.*(blobs|incoming).*$/, '$1'), mode, until].join(' '))
      return undefined
    })
    const objectLock = { mode: 'COMPLIANCE', days: 30, clock: { now: () => parseTimestamp(NOW) } } as const
    const location = { ...swift.newLocation(), client: createClient(proxy.endpoint) }
    const store = new S3ArtifactStore(location, { ...smallParts, objectLock })
    await store.put(inParts(HELLO), limits)
    await store.put(inParts(LARGE, 10_000), limits)
    await new S3ArtifactStore(location, { ...smallParts, objectLock, copyBytes: PART_BYTES }).put(
      inParts(LARGE),
      limits,
    )
    const lock = 'COMPLIANCE 2026-12-22T12:00:00Z'
    expect(locked).toEqual([`PUT blobs ${lock}`, `PUT blobs ${lock}`, `POST blobs ${lock}`])
  })
})

const NOW = '2026-11-22T12:00:00Z'
const LOCKS_ARE_KEPT =
  '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>'
