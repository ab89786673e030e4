/** The little of zip that a `.keras` file needs: bounded reading, and writing with fixed times. @module */

import { crc32 } from 'node:zlib'

import { concatBytes, utf8Encode } from '@aibomgen/core'

import { openArchive, type ArchiveLimits } from '../safe-archive.ts'
import { modelInvalid } from './model-errors.ts'

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_OF_DIRECTORY = 0x06054b50
const STORED = 0
/** 1980-01-01 00:00, the first time that zip can say. */
const FIXED_DATE = 0x21

/** Whether bytes begin as a zip file does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL_HEADER
}

/**
 * The entries of a zip, each checked against its CRC and against its own limit: names that `maxBytes` does not list are
 * refused before a byte of them is unpacked. What is counted is what comes out, not what the zip says will.
 *
 * @param maxBytes - per entry name, the most it may hold
 * @throws TrainingError `MODEL_INVALID`; ParseError `LIMIT_EXCEEDED` for more than a thousand entries
 */
export function readZip(
  bytes: Uint8Array,
  maxBytes: Readonly<Record<string, number>>,
): ReadonlyMap<string, Uint8Array> {
  const refuse = (reason: string, name?: string, cause?: unknown): Error =>
    modelInvalid(name === undefined ? reason : `entry ${name.slice(0, 100)} of the archive: ${reason}`, cause)
  const source = {
    sizeBytes: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  }
  const archive = openArchive(source, LIMITS, refuse)
  for (const { name, sizeBytes } of archive.entries) {
    const limit = Object.hasOwn(maxBytes, name) ? maxBytes[name] : undefined
    if (limit === undefined) throw refuse('no file that a model has', name)
    if (sizeBytes > limit) throw refuse(`it holds ${sizeBytes} bytes, ${limit} are taken`, name)
  }
  return new Map(archive.entries.map((entry) => [entry.name, archive.read(entry)]))
}

/** Sizes have their limits by name; weights that are all zero may pack as small as they can. */
const LIMITS: ArchiveLimits = {
  entries: 1000,
  totalBytes: Number.MAX_SAFE_INTEGER,
  fileBytes: Number.MAX_SAFE_INTEGER,
  ratio: Number.MAX_SAFE_INTEGER,
  depth: 16,
}

/** A zip of stored entries in the order given, all dated 1980-01-01: the same entries give the same bytes. */
export function writeZip(entries: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const [name, content] of entries) {
    const encoded = utf8Encode(name)
    const common = [20, 0, STORED, 0, FIXED_DATE] as const
    const sums = [crc32(content), content.length, content.length] as const
    const local = record(30, (write) => {
      write(4, LOCAL_HEADER)
      for (const value of common) write(2, value)
      for (const value of sums) write(4, value)
      write(2, encoded.length)
    })
    const central = record(46, (write) => {
      write(4, CENTRAL_HEADER)
      write(2, 20)
      for (const value of common) write(2, value)
      for (const value of sums) write(4, value)
      write(2, encoded.length)
      for (let skipped = 0; skipped < 6; skipped += 1) write(2, 0)
      write(4, offset)
    })
    parts.push(local, encoded, content)
    directory.push(central, encoded)
    offset += local.length + encoded.length + content.length
  }
  const listing = concatBytes(...directory)
  const end = record(22, (write) => {
    write(4, END_OF_DIRECTORY)
    write(4, 0)
    write(2, entries.length)
    write(2, entries.length)
    write(4, listing.length)
    write(4, offset)
  })
  return concatBytes(...parts, listing, end)
}

/** A fixed-size little-endian record, zeros where nothing is written. */
function record(size: number, fill: (write: (width: 2 | 4, value: number) => void) => void): Uint8Array {
  const bytes = new Uint8Array(size)
  const view = viewOf(bytes)
  let at = 0
  fill((width, value) => {
    if (width === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += width
  })
  return bytes
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
