/** The little of zip that a `.keras` file needs: bounded reading, and writing with fixed times. @module */

import { crc32, inflateRawSync } from 'node:zlib'

import { concatBytes, utf8Decode, utf8Encode } from '@aibomgen/core'

import { modelInvalid } from './model-errors.ts'

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_OF_DIRECTORY = 0x06054b50
const STORED = 0
const DEFLATED = 8
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
 * @throws TrainingError `MODEL_INVALID`
 */
export function readZip(
  bytes: Uint8Array,
  maxBytes: Readonly<Record<string, number>>,
): ReadonlyMap<string, Uint8Array> {
  try {
    return readEntries(bytes, maxBytes)
  } catch (cause) {
    if (cause instanceof RangeError) throw modelInvalid('the zip archive is truncated', cause)
    throw cause
  }
}

function readEntries(bytes: Uint8Array, maxBytes: Readonly<Record<string, number>>): ReadonlyMap<string, Uint8Array> {
  const view = viewOf(bytes)
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const entries = new Map<string, Uint8Array>()
  for (let index = 0; index < count; index += 1) {
    if (view.getUint32(at, true) !== CENTRAL_HEADER) throw modelInvalid('the zip directory is broken')
    const nameLength = view.getUint16(at + 28, true)
    const name = decodeName(bytes.subarray(at + 46, at + 46 + nameLength))
    const limit = Object.hasOwn(maxBytes, name) ? maxBytes[name] : undefined
    if (limit === undefined) throw modelInvalid(`unexpected entry ${name.slice(0, 100)} in the archive`)
    if (entries.has(name)) throw modelInvalid(`two entries ${name} in the archive`)
    entries.set(name, readEntry(bytes, view, { at, name, limit }))
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  { at, name, limit }: { readonly at: number; readonly name: string; readonly limit: number },
): Uint8Array {
  const flags = view.getUint16(at + 8, true)
  const method = view.getUint16(at + 10, true)
  const expectedCrc = view.getUint32(at + 16, true)
  const packedSize = view.getUint32(at + 20, true)
  const size = view.getUint32(at + 24, true)
  const local = view.getUint32(at + 42, true)
  if ((flags & 1) !== 0) throw modelInvalid(`entry ${name} is encrypted`)
  if (size > limit) throw modelInvalid(`entry ${name} holds ${size} bytes, ${limit} are taken`)
  if (view.getUint32(local, true) !== LOCAL_HEADER) throw modelInvalid(`entry ${name} has no header`)
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  if (start + packedSize > bytes.length) throw modelInvalid(`entry ${name} is truncated`)
  const content = unpack(bytes.subarray(start, start + packedSize), method, { name, limit: Math.max(size, 1) })
  if (content.length !== size) throw modelInvalid(`entry ${name} holds ${content.length} bytes, ${size} were announced`)
  if (crc32(content) !== expectedCrc) throw modelInvalid(`entry ${name} does not have its checksum`)
  return content
}

function unpack(
  packed: Uint8Array,
  method: number,
  { name, limit }: { readonly name: string; readonly limit: number },
): Uint8Array {
  if (method === STORED) return packed
  if (method !== DEFLATED) throw modelInvalid(`entry ${name} is compressed in a way that is not taken (${method})`)
  try {
    return inflateRawSync(packed, { maxOutputLength: limit })
  } catch (cause) {
    throw modelInvalid(`entry ${name} cannot be unpacked`, cause)
  }
}

/** The end record: the last one whose comment reaches exactly to the end of the file. */
function findEnd(view: DataView): number {
  const earliest = Math.max(0, view.byteLength - 22 - 0xffff)
  for (let at = view.byteLength - 22; at >= earliest; at -= 1) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY && at + 22 + view.getUint16(at + 20, true) === view.byteLength) {
      return at
    }
  }
  throw modelInvalid('the zip archive is truncated: it has no directory')
}

function decodeName(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes)
  } catch (cause) {
    throw modelInvalid('an entry of the archive has a name that is no UTF-8', cause)
  }
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
