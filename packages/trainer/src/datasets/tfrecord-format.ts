/** How a TFRecord file begins. @module */

import { maskedCrc32c } from './crc32c.ts'

/** How a file is compressed, told by how it begins. */
export type TfrecordCompression = 'none' | 'gzip' | 'zlib'

/** A length and its checksum. */
export const TFRECORD_HEADER_BYTES = 12

/** How a TFRecord file that begins with these bytes is compressed; undefined for what is none. */
export function tfrecordCompressionOf(head: Uint8Array): TfrecordCompression | undefined {
  // A record's length may look like any compression: its checksum tells.
  if (head.length >= TFRECORD_HEADER_BYTES && uint32At(head, 8) === maskedCrc32c(head.subarray(0, 8))) return 'none'
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip'
  // RFC 1950: deflate, and the two bytes are a multiple of 31.
  const [first = 0, second = 0] = head
  if (first % 16 === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0) return 'zlib'
  return undefined
}

/** Little-endian. */
export function uint32At(bytes: Uint8Array, index: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(index, true)
}
