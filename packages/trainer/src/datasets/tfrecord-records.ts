/** The records of a TFRecord file: lengths and checksums checked, GZIP and ZLIB undone, one record in memory. @module */

import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib'

import { assertWithin } from '@aibomgen/core'
import { readFileParts, reasonOf } from '@aibomgen/core/node'

import { maskedCrc32c } from './crc32c.ts'
import { datasetError } from './dataset-error.ts'
import { TFRECORD_HEADER_BYTES, tfrecordCompressionOf, uint32At } from './tfrecord-format.ts'

/** One record. `bytes` is overwritten once the next one is asked for. */
export interface TfrecordRecord {
  /** From 1. */
  readonly record: number
  /** Of its first byte in the file, or in what the file decompresses to. */
  readonly offset: number
  readonly bytes: Uint8Array
}

const FOOTER_BYTES = 4
/** An example has to fit in memory with all that is made of it. */
const MAX_RECORD_BYTES = 64 * 1024 ** 2
/** What a compressed file may become: a small one can become a thousand times as large. */
const MAX_INFLATED_BYTES = 64 * 1024 ** 3
const CHUNK_BYTES = 256 * 1024

/**
 * The records of the file at `path`, in order. A record begins with the length of its bytes (64 bits) and a checksum of
 * the length, and ends with a checksum of the bytes, all little-endian, both CRC-32C and masked.
 *
 * @throws TrainingError `DATASET_INVALID` with record and offset: wrong checksum, cut short, too large; ParseError
 *   `LIMIT_EXCEEDED` for too much decompressed; ArtifactError `FILE_UNREADABLE`
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export async function* readTfrecords(path: string): AsyncGenerator<TfrecordRecord, void, undefined> {
  const queue = new ByteQueue()
  let record = 1
  let offset = 0
  for await (const chunk of uncompressed(path)) {
    queue.push(chunk)
    for (;;) {
      const length = lengthOf(queue, { record, offset })
      if (length === undefined || queue.length < TFRECORD_HEADER_BYTES + length + FOOTER_BYTES) break
      const bytes = queue.peek(TFRECORD_HEADER_BYTES, length)
      const footer = queue.peek(TFRECORD_HEADER_BYTES + length, FOOTER_BYTES)
      if (uint32At(footer, 0) !== maskedCrc32c(bytes)) {
        throw datasetError('a checksum that is not that of its bytes', { record, offset })
      }
      yield { record, offset, bytes }
      queue.skip(TFRECORD_HEADER_BYTES + length + FOOTER_BYTES)
      record++
      offset += TFRECORD_HEADER_BYTES + length + FOOTER_BYTES
    }
  }
  if (queue.length > 0) throw datasetError(`cut short after ${queue.length} bytes`, { record, offset })
}

/** The record's length, once its header is there. */
function lengthOf(queue: ByteQueue, place: { readonly record: number; readonly offset: number }): number | undefined {
  if (queue.length < TFRECORD_HEADER_BYTES) return undefined
  const header = queue.peek(0, TFRECORD_HEADER_BYTES)
  if (uint32At(header, 8) !== maskedCrc32c(header.subarray(0, 8))) {
    throw datasetError('a length whose checksum is wrong', place)
  }
  const length = uint32At(header, 0) + uint32At(header, 4) * 2 ** 32
  if (length <= MAX_RECORD_BYTES) return length
  throw datasetError(`expected at most ${MAX_RECORD_BYTES} bytes in a record, got ${length}`, place)
}

async function* uncompressed(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const compression = tfrecordCompressionOf(await headOf(path))
  if (compression === undefined) {
    throw datasetError('no TFRecord file: it begins neither with a record nor like GZIP or ZLIB', {
      record: 1,
      offset: 0,
    })
  }
  if (compression === 'none') {
    yield* readFileParts(path)
    return
  }
  const options = { chunkSize: CHUNK_BYTES }
  yield* inflate(path, compression === 'gzip' ? createGunzip(options) : createInflate(options))
}

async function* inflate(path: string, inflater: Gunzip | Inflate): AsyncGenerator<Uint8Array, void, undefined> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  // What goes wrong comes out of the inflater, whose chunks are awaited below.
  const piped = pipeline(source, inflater).catch(() => undefined)
  let inflated = 0
  const chunks = inflater.iterator() as AsyncIterator<Uint8Array>
  try {
    for (let next = await nextOf(chunks); next !== undefined; next = await nextOf(chunks)) {
      inflated += next.length
      assertWithin(inflated, MAX_INFLATED_BYTES, 'decompressed bytes of the data set')
      yield next
    }
  } finally {
    inflater.destroy()
    source.destroy()
    await piped
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const next = await chunks.next()
    return next.done === true ? undefined : next.value
  } catch (cause) {
    throw datasetError(`cannot be decompressed: ${reasonOf(cause)}`, {}, { cause })
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  for await (const part of readFileParts(path)) return part.slice(0, TFRECORD_HEADER_BYTES)
  return new Uint8Array(0)
}

/** Bytes that come in chunks and are taken in pieces. */
class ByteQueue {
  #buffer = new Uint8Array(2 * CHUNK_BYTES)
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = this.length + chunk.length
      const kept = this.#buffer.subarray(this.#start, this.#end)
      if (needed > this.#buffer.length) {
        const grown = new Uint8Array(needed * 2)
        grown.set(kept)
        this.#buffer = grown
      } else this.#buffer.copyWithin(0, this.#start, this.#end)
      this.#end = this.length
      this.#start = 0
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** Valid until the next push. */
  peek(from: number, length: number): Uint8Array {
    return this.#buffer.subarray(this.#start + from, this.#start + from + length)
  }

  skip(length: number): void {
    this.#start += length
  }
}
