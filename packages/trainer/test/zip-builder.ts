/** Zip archives byte by byte, true or lying. @module */

import { crc32, deflateRawSync } from 'node:zlib'

/** An entry. What is not said is what an honest archive would say. */
export interface ZipEntry {
  readonly name: string | Uint8Array
  readonly content?: Uint8Array | string
  readonly stored?: boolean
  /** Lies of the directory. */
  readonly central?: Lies
  /** Lies of the header before the content. */
  readonly local?: Lies & { readonly name?: string }
  /** Bit 3: sizes follow the content in a descriptor, and the header before it has none. */
  readonly descriptor?: { readonly size?: number }
  /** Bytes after the packed content that count as packed. */
  readonly trailing?: Uint8Array
}

interface Lies {
  readonly flags?: number
  readonly method?: number
  readonly crc?: number
  readonly packed?: number
  readonly size?: number
  readonly offset?: number
  readonly mode?: number
  readonly extra?: Uint8Array
}

/** Lies of the end record. */
export interface ZipEnd {
  readonly count?: number
  /** A ZIP64 record with these values before the end record. */
  readonly zip64?: { readonly count?: number; readonly offset?: number; readonly size?: number }
}

/** The bytes of an archive. */
export function buildZip(entries: readonly ZipEntry[], end: ZipEnd = {}): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  const push = (part: Uint8Array): void => {
    parts.push(part)
    at += part.length
  }
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const content = Buffer.from(entry.content ?? '')
    const packed = Buffer.concat([
      entry.stored === true ? content : deflateRawSync(content),
      entry.trailing ?? Buffer.alloc(0),
    ])
    const offset = at
    const follows = entry.descriptor !== undefined
    const facts = {
      flags: 0x800 | (follows ? 8 : 0),
      method: entry.stored === true ? 0 : 8,
      crc: crc32(content),
      packed: packed.length,
      size: content.length,
    }
    const local = { ...facts, ...(follows ? { crc: 0, packed: 0, size: 0 } : {}), ...entry.local }
    const localName = Buffer.from(entry.local?.name ?? name)
    push(header(0x04034b50, local, localName, local.extra))
    push(packed)
    if (follows) {
      const descriptor = Buffer.alloc(16)
      descriptor.writeUInt32LE(0x08074b50, 0)
      descriptor.writeUInt32LE(facts.crc, 4)
      descriptor.writeUInt32LE(facts.packed, 8)
      descriptor.writeUInt32LE(entry.descriptor.size ?? facts.size, 12)
      push(descriptor)
    }
    const central = { ...facts, offset, mode: 0, ...entry.central }
    directory.push(header(0x02014b50, central, name, central.extra))
  }
  const start = at
  for (const record of directory) push(record)
  const size = at - start
  const count = end.count ?? entries.length
  if (end.zip64 !== undefined) {
    const record = Buffer.alloc(56)
    record.writeUInt32LE(0x06064b50, 0)
    record.writeBigUInt64LE(44n, 4)
    const count64 = BigInt(end.zip64.count ?? entries.length)
    record.writeBigUInt64LE(count64, 24)
    record.writeBigUInt64LE(count64, 32)
    record.writeBigUInt64LE(BigInt(end.zip64.size ?? size), 40)
    record.writeBigUInt64LE(BigInt(end.zip64.offset ?? start), 48)
    const locator = Buffer.alloc(20)
    locator.writeUInt32LE(0x07064b50, 0)
    locator.writeBigUInt64LE(BigInt(at), 8)
    locator.writeUInt32LE(1, 16)
    push(record)
    push(locator)
  }
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(end.zip64 === undefined ? count : 0xffff, 8)
  record.writeUInt16LE(end.zip64 === undefined ? count : 0xffff, 10)
  record.writeUInt32LE(end.zip64 === undefined ? size : 0xffffffff, 12)
  record.writeUInt32LE(end.zip64 === undefined ? start : 0xffffffff, 16)
  push(record)
  return Uint8Array.from(Buffer.concat(parts))
}

/** An extra field of ZIP64 with these values of 64 bits. */
export function zip64Extra(...values: readonly number[]): Uint8Array {
  const field = Buffer.alloc(4 + values.length * 8)
  field.writeUInt16LE(1, 0)
  field.writeUInt16LE(values.length * 8, 2)
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + index * 8)
  return field
}

function header(
  signature: number,
  facts: Required<Omit<Lies, 'extra' | 'offset' | 'mode'>> & Lies,
  name: Uint8Array,
  extra: Uint8Array = new Uint8Array(),
): Uint8Array {
  const isCentral = signature === 0x02014b50
  const record = Buffer.alloc(isCentral ? 46 : 30)
  const shift = isCentral ? 2 : 0
  record.writeUInt32LE(signature, 0)
  if (isCentral) record.writeUInt16LE((3 << 8) | 20, 4)
  record.writeUInt16LE(20, 4 + shift)
  record.writeUInt16LE(facts.flags, 6 + shift)
  record.writeUInt16LE(facts.method, 8 + shift)
  record.writeUInt32LE(facts.crc, 14 + shift)
  record.writeUInt32LE(facts.packed, 18 + shift)
  record.writeUInt32LE(facts.size, 22 + shift)
  record.writeUInt16LE(name.length, 26 + shift)
  record.writeUInt16LE(extra.length, 28 + shift)
  if (isCentral) {
    record.writeUInt32LE(((facts.mode ?? 0) << 16) >>> 0, 38)
    record.writeUInt32LE(facts.offset ?? 0, 42)
  }
  return Buffer.concat([record, name, extra])
}
