/** Reading zip archives of strangers: under limits that count real bytes, and without a file of their naming. @module */

import { crc32, inflateRawSync } from 'node:zlib'

import { assertWithin } from '@aibomgen/core'

import { foldName, refuseEntryName } from './safe-archive-names.ts'
import {
  ENCRYPTED,
  findContent,
  readDirectory,
  readDirectoryPlace,
  type ByteSource,
  type DirectoryEntry,
  type Refuse,
} from './safe-archive-records.ts'

/** How much an archive may hold. */
export interface ArchiveLimits {
  readonly entries: number
  /** Unpacked, of all entries together. */
  readonly totalBytes: number
  /** Unpacked, of one entry. */
  readonly fileBytes: number
  /** Unpacked for each packed byte, of an entry past 1 MiB. */
  readonly ratio: number
  /** Parts of a name. */
  readonly depth: number
}

/** A file or a directory of an archive. Its name is data: relative, plain, `/` between its parts. */
export interface ArchiveEntry {
  /** A directory's ends with `/`. */
  readonly name: string
  readonly sizeBytes: number
  readonly isDirectory: boolean
}

/** An archive whose directory was found to be whole. */
export interface SafeArchive {
  /** In the directory's order. */
  readonly entries: readonly ArchiveEntry[]
  /**
   * The content of one of `entries`, checked: as long as announced, and with its checksum.
   *
   * @throws what `refuse` made; ParseError `LIMIT_EXCEEDED`
   */
  read(entry: ArchiveEntry): Uint8Array
}

const STORED = 0
const DEFLATED = 8
const MAX_NAME_BYTES = 1024
/** A record of the directory with its name and some extra fields. */
const MAX_RECORD_BYTES = 4096
const RATIO_FROM_BYTES = 1024 * 1024
const REGULAR = 0x8000
const DIRECTORY = 0x4000

/**
 * Reads an archive's directory and refuses the archive unless all of it is plain: no encryption, no links, no device
 * files, no names that leave a directory or meet in one, no entries that overlap, nothing past its limit. Nothing is
 * unpacked yet. Archives inside are files like others: they are never opened.
 *
 * @param refuse - makes the error for what is wrong, and where
 * @throws what `refuse` made; ParseError `LIMIT_EXCEEDED`
 */
export function openArchive(source: ByteSource, limits: ArchiveLimits, refuse: Refuse): SafeArchive {
  const place = readDirectoryPlace(source, refuse)
  assertWithin(place.entries, limits.entries, 'entries in the archive')
  assertWithin(place.sizeBytes, limits.entries * MAX_RECORD_BYTES, "bytes in the archive's directory")
  const records = new Map<ArchiveEntry, DirectoryEntry>()
  const names = new Map<string, string>()
  let totalBytes = 0
  for (const record of readDirectory(source.read(place.offset, place.sizeBytes), place.entries, refuse)) {
    const entry = { name: record.name, sizeBytes: record.sizeBytes, isDirectory: record.name.endsWith('/') }
    assertPlain(record, limits, refuse)
    const key = foldName(entry.name.replace(/\/$/, ''))
    const other = names.get(key)
    if (other !== undefined) throw refuse(`a name that is the same as ${JSON.stringify(other)} to some`, entry.name)
    names.set(key, entry.name)
    totalBytes += entry.sizeBytes
    assertWithin(totalBytes, limits.totalBytes, 'unpacked bytes in the archive')
    records.set(entry, record)
  }
  const ends = findEnds([...records.values()], place.offset, refuse)
  let unpackedBytes = 0
  return {
    entries: [...records.keys()],
    read(entry) {
      const record = records.get(entry)
      if (record === undefined) throw new TypeError(`archive: expected one of its entries, got ${entry.name}`)
      const start = findContent(source, record, ends.get(record.offset) ?? 0, refuse)
      const content = unpack(source.read(start, record.packedBytes), record, refuse)
      unpackedBytes += content.length
      assertWithin(unpackedBytes, limits.totalBytes, 'unpacked bytes in the archive')
      return content
    },
  }
}

function assertPlain(record: DirectoryEntry, limits: ArchiveLimits, refuse: Refuse): void {
  const { name, sizeBytes, packedBytes } = record
  const shown = JSON.stringify(name.slice(0, 200))
  if (name.length > MAX_NAME_BYTES) throw refuse(`a name of more than ${MAX_NAME_BYTES} characters: ${shown}`)
  const reason = refuseEntryName(name, limits.depth)
  if (reason !== undefined) throw refuse(reason, name)
  if ((record.flags & ENCRYPTED) !== 0) throw refuse('it is encrypted', name)
  if (record.method !== STORED && record.method !== DEFLATED) {
    throw refuse(`it is compressed in a way that is not taken (method ${record.method}; stored and deflate are)`, name)
  }
  const isDirectory = name.endsWith('/')
  if (record.fileType !== 0 && record.fileType !== (isDirectory ? DIRECTORY : REGULAR)) {
    throw refuse('it is a link or a special file', name)
  }
  if (isDirectory && sizeBytes > 0) throw refuse('a directory with content', name)
  if (record.method === STORED && sizeBytes !== packedBytes) throw refuse('stored, with two different sizes', name)
  assertWithin(sizeBytes, limits.fileBytes, `bytes in ${shown}`)
  if (sizeBytes > RATIO_FROM_BYTES) {
    assertWithin(Math.ceil(sizeBytes / Math.max(1, packedBytes)), limits.ratio, `unpacked bytes a byte of ${shown}`)
  }
}

/** Where each entry must have ended, by its offset: where the next one begins, or the directory. */
function findEnds(records: readonly DirectoryEntry[], directory: number, refuse: Refuse): ReadonlyMap<number, number> {
  const inOrder = records.toSorted((a, b) => a.offset - b.offset)
  const ends = new Map<number, number>()
  for (const [index, { name, offset, packedBytes }] of inOrder.entries()) {
    const end = inOrder[index + 1]?.offset ?? directory
    if (offset + 30 + packedBytes > end) throw refuse('content that overlaps what follows', name)
    ends.set(offset, end)
  }
  return ends
}

function unpack(packed: Uint8Array, record: DirectoryEntry, refuse: Refuse): Uint8Array {
  const { name, sizeBytes, crc } = record
  const content = record.method === STORED ? packed : inflate(packed, record, refuse)
  if (content.length !== sizeBytes) throw refuse(`it holds ${content.length} bytes, ${sizeBytes} were announced`, name)
  if (crc32(content) !== crc) throw refuse('it does not have its checksum', name)
  return content
}

/** What `info` makes of the result: the declared types do not know of it. */
const inflateWithInfo = inflateRawSync as unknown as (
  packed: Uint8Array,
  options: { readonly maxOutputLength: number; readonly info: true },
) => { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } }

/** Stops at the size that was announced, which is within its limit. */
function inflate(packed: Uint8Array, { name, sizeBytes }: DirectoryEntry, refuse: Refuse): Uint8Array {
  let inflated
  try {
    inflated = inflateWithInfo(packed, { maxOutputLength: Math.max(sizeBytes, 1), info: true })
  } catch (cause) {
    const isTooLong = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
    throw refuse(
      isTooLong ? `it holds more than the ${sizeBytes} bytes announced` : 'it cannot be unpacked',
      name,
      cause,
    )
  }
  if (inflated.engine.bytesWritten !== packed.length) throw refuse('bytes after the end of its content', name)
  return inflated.buffer
}
