/** The records of a zip archive, as bytes say them: nothing believed yet, nothing outside the bytes read. @module */

import { ParseError, utf8Decode } from '@aibomgen/core'

/** Bytes to read from anywhere. */
export interface ByteSource {
  readonly sizeBytes: number
  /** The bytes of this range. The caller stays within `sizeBytes`. */
  read(offset: number, length: number): Uint8Array
}

/** Something in the archive is not as it has to be; the reason says what. */
export type Refuse = (reason: string, file?: string, cause?: unknown) => Error

/** Where the directory lies, and how many entries it announces. */
export interface DirectoryPlace {
  readonly entries: number
  readonly offset: number
  readonly sizeBytes: number
}

/** An entry as the directory announces it. */
export interface DirectoryEntry {
  readonly name: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedBytes: number
  readonly sizeBytes: number
  /** Of the local header. */
  readonly offset: number
  /** The type bits of a Unix mode; 0 where there are none. */
  readonly fileType: number
}

/** Bit 0: encrypted. */
export const ENCRYPTED = 1
/** Bit 3: sizes and checksum follow the content. */
export const DESCRIPTOR = 8

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_OF_DIRECTORY = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const DESCRIPTOR_SIGNATURE = 0x08074b50
const NONE_16 = 0xffff
const NONE_32 = 0xffffffff
const EXTRA_64 = 1

/** The directory's place: the last end record whose comment reaches exactly to the end; and its ZIP64 form, where one is. */
export function readDirectoryPlace(source: ByteSource, refuse: Refuse): DirectoryPlace {
  const tailStart = Math.max(0, source.sizeBytes - 22 - NONE_16)
  const tail = viewOf(source.read(tailStart, source.sizeBytes - tailStart))
  const end = findEnd(tail)
  if (end === undefined) throw refuse('the zip archive has no directory: it is truncated, or no zip archive')
  const plain = {
    entries: tail.getUint16(end + 10, true),
    sizeBytes: tail.getUint32(end + 12, true),
    offset: tail.getUint32(end + 16, true),
  }
  const isOneDisk =
    tail.getUint16(end + 4, true) === 0 &&
    tail.getUint16(end + 6, true) === 0 &&
    tail.getUint16(end + 8, true) === plain.entries
  const locatorStart = tailStart + end - 20
  const has64 = locatorStart >= 0 && viewOf(source.read(locatorStart, 4)).getUint32(0, true) === LOCATOR_64
  if (!has64) {
    if (!isOneDisk) throw refuse('the zip archive has several parts')
    return atEnd(plain, tailStart + end, refuse)
  }
  const start64 = readUint64(viewOf(source.read(locatorStart + 8, 8)), 0, refuse)
  if (start64 + 56 > locatorStart) throw refuse('the zip directory lies outside the archive')
  const end64 = viewOf(source.read(start64, 56))
  if (end64.getUint32(0, true) !== END_64) throw refuse('the zip directory is broken')
  const place = {
    entries: readUint64(end64, 32, refuse),
    sizeBytes: readUint64(end64, 40, refuse),
    offset: readUint64(end64, 48, refuse),
  }
  const agree =
    readUint64(end64, 24, refuse) === place.entries &&
    (plain.entries === NONE_16 || plain.entries === place.entries) &&
    (plain.sizeBytes === NONE_32 || plain.sizeBytes === place.sizeBytes) &&
    (plain.offset === NONE_32 || plain.offset === place.offset)
  if (!agree) throw refuse('the two directory records of the zip archive contradict each other')
  return atEnd(place, start64, refuse)
}

/** The directory's entries, one by one; exactly as many bytes as announced. */
export function* readDirectory(
  bytes: Uint8Array,
  count: number,
  refuse: Refuse,
): Generator<DirectoryEntry, void, undefined> {
  const view = viewOf(bytes)
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL_HEADER) {
      throw refuse('the zip directory is broken')
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true))
    const nameEnd = at + 46 + (nameLength ?? 0)
    const next = nameEnd + (extraLength ?? 0) + (commentLength ?? 0)
    if (next > bytes.length) throw refuse('the zip directory is broken')
    const name = decodeName(bytes.subarray(at + 46, nameEnd), refuse)
    if (view.getUint16(at + 34, true) !== 0) throw refuse('the zip archive has several parts')
    const announced = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)]
    const extra = viewOf(bytes.subarray(nameEnd, nameEnd + (extraLength ?? 0)))
    const [sizeBytes = 0, packedBytes = 0, offset = 0] = withExtra64(announced, extra, name, refuse)
    yield {
      name,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes,
      sizeBytes,
      offset,
      fileType: (view.getUint32(at + 38, true) >>> 16) & 0xf000,
    }
    at = next
  }
  if (at !== bytes.length) throw refuse('the zip directory holds more than it announces')
}

/**
 * Where an entry's content begins, once its local header and what follows the content have been found to say what the
 * directory says. `end` is where the entry must have ended.
 */
export function findContent(source: ByteSource, entry: DirectoryEntry, end: number, refuse: Refuse): number {
  const { name, offset } = entry
  const header = viewOf(source.read(offset, 30))
  if (header.getUint32(0, true) !== LOCAL_HEADER) throw refuse('no header where the directory says', name)
  const nameLength = header.getUint16(26, true)
  const extraLength = header.getUint16(28, true)
  const start = offset + 30 + nameLength + extraLength
  if (start + entry.packedBytes > end) throw refuse('content that overlaps what follows', name)
  if (decodeName(source.read(offset + 30, nameLength), refuse) !== name) {
    throw refuse('a header that has another name', name)
  }
  const announced = [header.getUint32(22, true), header.getUint32(18, true)]
  const extra = viewOf(source.read(offset + 30 + nameLength, extraLength))
  const [sizeBytes = 0, packedBytes = 0] = withExtra64(announced, extra, name, refuse)
  const isSame = (crc: number, packed: number, size: number): boolean =>
    crc === entry.crc && packed === entry.packedBytes && size === entry.sizeBytes
  const crc = header.getUint32(14, true)
  const follows = (entry.flags & DESCRIPTOR) !== 0
  const agrees =
    ((header.getUint16(6, true) ^ entry.flags) & (ENCRYPTED | DESCRIPTOR)) === 0 &&
    header.getUint16(8, true) === entry.method &&
    (isSame(crc, packedBytes, sizeBytes) || (follows && crc === 0 && packedBytes === 0 && sizeBytes === 0))
  if (!agrees) throw refuse('a header that contradicts the directory', name)
  if (follows && !descriptorAgrees(source, entry, { start: start + entry.packedBytes, end })) {
    throw refuse('a data descriptor that contradicts the directory', name)
  }
  return start
}

function descriptorAgrees(
  source: ByteSource,
  { crc, packedBytes, sizeBytes }: DirectoryEntry,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  const view = viewOf(source.read(start, Math.min(24, end - start)))
  const matches = (at: number, wide: boolean): boolean => {
    if (view.byteLength < at + (wide ? 20 : 12) || view.getUint32(at, true) !== crc) return false
    return wide
      ? view.getBigUint64(at + 4, true) === BigInt(packedBytes) &&
          view.getBigUint64(at + 12, true) === BigInt(sizeBytes)
      : view.getUint32(at + 4, true) === packedBytes && view.getUint32(at + 8, true) === sizeBytes
  }
  const signed = view.byteLength >= 4 && view.getUint32(0, true) === DESCRIPTOR_SIGNATURE
  return (signed && (matches(4, false) || matches(4, true))) || matches(0, false) || matches(0, true)
}

/** The values of 32 bits, each that says "see ZIP64" taken from there, in the order in which the extra field has them. */
function withExtra64(values: readonly number[], extra: DataView, name: string, refuse: Refuse): readonly number[] {
  if (!values.includes(NONE_32)) return values
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const length = extra.getUint16(at + 2, true)
    const end = at + 4 + length
    if (extra.getUint16(at, true) === EXTRA_64 && end <= extra.byteLength) {
      let field = at + 4
      return values.map((value) => {
        if (value !== NONE_32) return value
        if (field + 8 > end) throw refuse('a ZIP64 record that lacks a size', name)
        field += 8
        return readUint64(extra, field - 8, refuse)
      })
    }
    at = end
  }
  throw refuse('a size that is left to a ZIP64 record, and no such record', name)
}

function atEnd(place: DirectoryPlace, end: number, refuse: Refuse): DirectoryPlace {
  if (place.offset + place.sizeBytes !== end) throw refuse('the zip directory is not where the archive says')
  return place
}

function findEnd(tail: DataView): number | undefined {
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) === END_OF_DIRECTORY && at + 22 + tail.getUint16(at + 20, true) === tail.byteLength) {
      return at
    }
  }
  return undefined
}

function decodeName(bytes: Uint8Array, refuse: Refuse): string {
  try {
    return utf8Decode(bytes)
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause
    throw refuse(
      'an entry of the archive has a name that is not UTF-8: pack it again with UTF-8 names',
      undefined,
      cause,
    )
  }
}

function readUint64(view: DataView, at: number, refuse: Refuse): number {
  const value = Number(view.getBigUint64(at, true))
  if (!Number.isSafeInteger(value)) throw refuse('the zip archive announces more than 2^53 bytes')
  return value
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
