/** The contract of `ArtifactStore`: every adapter runs this suite. @module */

import {
  ArtifactError,
  collectBytes,
  sha256Hex,
  utf8Encode,
  type ArtifactStore,
  type Sha256Hex,
  type StoredArtifact,
} from '@aibomgen/core'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'

/** An empty store, and what a test may do to it behind its back. */
export interface StoreUnderTest {
  readonly store: ArtifactStore
  /** Flips one bit of a stored artifact; undefined where nobody can reach the bytes. */
  readonly damage?: (digest: Sha256Hex) => Promise<void>
}

const HELLO = utf8Encode('hello world')
const HELLO_SHA256 = sha256Hex(HELLO)
const ABSENT = sha256Hex(utf8Encode('never put'))
const limits = { maxBytes: 8 * 1024 * 1024 }

/** `bytes` in parts of `size`, each in memory that is overwritten once the next one is asked for. */
export async function* inParts(bytes: Uint8Array, size = 4): AsyncGenerator<Uint8Array> {
  const shared = new Uint8Array(size)
  for (let start = 0; start < bytes.length; start += size) {
    const part = bytes.subarray(start, start + size)
    shared.set(part)
    yield shared.subarray(0, part.length)
    shared.fill(0xee)
  }
}

/** Everything that a store lists. */
export async function listAll(store: ArtifactStore): Promise<StoredArtifact[]> {
  const listed: StoredArtifact[] = []
  for await (const stored of store.list()) listed.push(stored)
  return listed
}

/** Runs the contract on stores that `create` makes, a new one for every test. */
export function describeArtifactStore(adapter: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${adapter} keeps the contract of ArtifactStore`, () => {
    let underTest: StoreUnderTest
    let store: ArtifactStore
    beforeEach(async () => {
      underTest = await create()
      store = underTest.store
    })

    const read = async (digest: Sha256Hex, range?: { start: number; end: number }): Promise<Uint8Array> =>
      collectBytes(await store.open(digest, range), limits.maxBytes)
    const list = (): Promise<StoredArtifact[]> => listAll(store)

    describe('put', () => {
      it('gives digest and size of what it stored', async () => {
        expect(await store.put(inParts(HELLO), limits)).toEqual({ sha256: HELLO_SHA256, sizeBytes: 11 })
      })

      it('stores what was put, in whatever parts it came, and gives it back', async () => {
        const puts = fc.asyncProperty(
          fc.uint8Array({ maxLength: 2000 }),
          fc.integer({ min: 1, max: 700 }),
          async (bytes, size) => {
            const { sha256 } = await store.put(inParts(bytes, size), limits)
            expect(sha256).toBe(sha256Hex(bytes))
            expect(await read(sha256)).toEqual(bytes)
          },
        )
        await fc.assert(puts, { numRuns: 30 })
      })

      it('takes empty artifacts and empty parts', async () => {
        const { sha256, sizeBytes } = await store.put(inParts(new Uint8Array()), { maxBytes: 0 })
        expect(sizeBytes).toBe(0)
        expect(await read(sha256)).toEqual(new Uint8Array())
        async function* withEmptyParts(): AsyncGenerator<Uint8Array> {
          yield new Uint8Array()
          yield HELLO
          yield new Uint8Array()
        }
        expect((await store.put(withEmptyParts(), limits)).sha256).toBe(HELLO_SHA256)
      })

      it('gives megabytes back unchanged', async () => {
        const bytes = Uint8Array.from({ length: 3_000_001 }, (_, index) => (index * 7919) >> 3)
        const { sha256 } = await store.put(inParts(bytes, 65_536), limits)
        expect(sha256Hex(await read(sha256))).toBe(sha256Hex(bytes))
      })

      it('keeps one artifact of the same bytes put twice', async () => {
        expect(await store.put(inParts(HELLO), limits)).toEqual(await store.put(inParts(HELLO, 7), limits))
        expect(await list()).toEqual([{ sha256: HELLO_SHA256, sizeBytes: 11 }])
      })

      it('keeps one artifact of the same bytes put many times at once', async () => {
        const puts = Array.from({ length: 12 }, (_, index) => store.put(inParts(HELLO, index + 1), limits))
        expect(new Set((await Promise.all(puts)).map(({ sha256 }) => sha256))).toEqual(new Set([HELLO_SHA256]))
        expect(await list()).toHaveLength(1)
        expect(await read(HELLO_SHA256)).toEqual(HELLO)
      })

      it('takes as many bytes as the limit says', async () => {
        expect(await store.put(inParts(HELLO), { maxBytes: 11 })).toMatchObject({ sizeBytes: 11 })
      })

      it.each([
        ['one byte more than the limit', 10],
        ['far more than the limit', 0],
        ['anything, under a limit that is no number', Number.NaN],
      ])('refuses %s, and leaves nothing behind', async (_, maxBytes) => {
        await expect(store.put(inParts(HELLO), { maxBytes })).rejects.toMatchObject({
          code: 'ARTIFACT_TOO_LARGE',
          detail: { maxBytes },
        })
        expect(await list()).toEqual([])
      })

      it('stops asking for parts once there are too many bytes', async () => {
        let asked = 0
        let finished = false
        async function* endless(): AsyncGenerator<Uint8Array> {
          try {
            for (;;) {
              asked++
              yield HELLO
            }
          } finally {
            finished = true
          }
        }
        await expect(store.put(endless(), { maxBytes: 30 })).rejects.toThrow(ArtifactError)
        expect({ asked, finished }).toEqual({ asked: 3, finished: true })
      })

      it('stores bytes that are what was expected', async () => {
        await store.put(inParts(HELLO), { ...limits, expect: HELLO_SHA256 })
        expect(await store.has(HELLO_SHA256)).toBe(true)
      })

      it('refuses bytes that are not what was expected, and leaves nothing behind', async () => {
        await expect(store.put(inParts(HELLO), { ...limits, expect: ABSENT })).rejects.toMatchObject({
          code: 'ARTIFACT_CORRUPT',
          detail: { expected: ABSENT, actual: HELLO_SHA256 },
        })
        expect(await list()).toEqual([])
      })

      it('passes on the error of a source that breaks off, and leaves nothing behind', async () => {
        const broken = new Error('connection lost')
        async function* breakingOff(): AsyncGenerator<Uint8Array> {
          yield HELLO
          throw broken
        }
        await expect(store.put(breakingOff(), limits)).rejects.toBe(broken)
        expect(await list()).toEqual([])
      })

      it('shows nothing of an artifact before it is whole', async () => {
        const { promise: lastPart, resolve: sendLastPart } = Promise.withResolvers<Uint8Array>()
        const { promise: firstPartTaken, resolve: onFirstPartTaken } = Promise.withResolvers<undefined>()
        async function* halted(): AsyncGenerator<Uint8Array> {
          yield HELLO.subarray(0, 5)
          onFirstPartTaken(undefined)
          yield await lastPart
        }
        const put = store.put(halted(), limits)
        await firstPartTaken
        expect(await list()).toEqual([])
        expect(await store.has(HELLO_SHA256)).toBe(false)
        expect(await store.has(sha256Hex(HELLO.subarray(0, 5)))).toBe(false)
        sendLastPart(HELLO.subarray(5))
        await put
        expect(await store.has(HELLO_SHA256)).toBe(true)
      })
    })

    describe('open', () => {
      it('refuses a digest that it has no artifact of', async () => {
        await expect(store.open(ABSENT)).rejects.toMatchObject({
          code: 'ARTIFACT_NOT_FOUND',
          detail: { sha256: ABSENT },
        })
        await expect(store.open(ABSENT, { start: 0, end: 1 })).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
      })

      it.each([
        ['the whole artifact', 0, 11, 'hello world'],
        ['its beginning', 0, 5, 'hello'],
        ['its end', 6, 11, 'world'],
        ['one byte of it', 4, 5, 'o'],
        ['nothing of it', 3, 3, ''],
        ['nothing at its end', 11, 11, ''],
      ])('gives %s as a range', async (_, start, end, text) => {
        await store.put(inParts(HELLO), limits)
        expect(await read(HELLO_SHA256, { start, end })).toEqual(utf8Encode(text))
      })

      it.each([
        ['past the end', 0, 12],
        ['before the start', -1, 5],
        ['backwards', 5, 4],
        ['in fractions', 0.5, 4],
        ['of no number', Number.NaN, 4],
        ['without an end', 0, Infinity],
      ])('refuses a range %s', async (_, start, end) => {
        await store.put(inParts(HELLO), limits)
        await expect(store.open(HELLO_SHA256, { start, end })).rejects.toMatchObject({
          code: 'RANGE_INVALID',
          detail: { start, end, sizeBytes: 11 },
        })
      })

      it('gives bytes whose change does not change the artifact', async () => {
        await store.put(inParts(HELLO), limits)
        for await (const part of await store.open(HELLO_SHA256)) part.fill(0)
        expect(await read(HELLO_SHA256)).toEqual(HELLO)
      })

      it('lets several read at once, and one of them stop early', async () => {
        await store.put(inParts(HELLO), limits)
        const [first, second] = await Promise.all([store.open(HELLO_SHA256), store.open(HELLO_SHA256)])
        await first.cancel()
        expect(await collectBytes(second, 11)).toEqual(HELLO)
      })

      it('errors at the end of an artifact that was damaged in the store', async (context) => {
        const { damage } = underTest
        if (damage === undefined) return context.skip('nobody can reach the bytes that this adapter keeps')
        await store.put(inParts(HELLO), limits)
        await damage(HELLO_SHA256)
        await expect(read(HELLO_SHA256)).rejects.toMatchObject({
          code: 'ARTIFACT_CORRUPT',
          detail: { expected: HELLO_SHA256 },
        })
        await store.put(inParts(HELLO), limits)
        expect(await read(HELLO_SHA256), 'put again, it is whole').toEqual(HELLO)
      })
    })

    describe('list, has and delete', () => {
      it('lists every artifact once, with its size', async () => {
        const texts = Array.from({ length: 40 }, (_, index) => 'x'.repeat(index))
        for (const text of texts) await store.put(inParts(utf8Encode(text)), limits)
        const expected = texts.map((text) => ({ sha256: sha256Hex(utf8Encode(text)), sizeBytes: text.length }))
        expect(new Set(await list())).toEqual(new Set(expected))
      })

      it('lists nothing when nothing was put', async () => {
        expect(await list()).toEqual([])
      })

      it('knows what it has', async () => {
        await store.put(inParts(HELLO), limits)
        expect([await store.has(HELLO_SHA256), await store.has(ABSENT)]).toEqual([true, false])
      })

      it('deletes what is there, and what is not', async () => {
        await store.put(inParts(HELLO), limits)
        await store.delete(HELLO_SHA256)
        await store.delete(HELLO_SHA256)
        await store.delete(ABSENT)
        expect(await store.has(HELLO_SHA256)).toBe(false)
        await expect(store.open(HELLO_SHA256)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
        expect(await list()).toEqual([])
      })

      it('takes an artifact again that was deleted', async () => {
        await store.put(inParts(HELLO), limits)
        await store.delete(HELLO_SHA256)
        await store.put(inParts(HELLO), limits)
        expect(await read(HELLO_SHA256)).toEqual(HELLO)
      })
    })
  })
}
