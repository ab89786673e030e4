/** CRC-32C (Castagnoli), and the mask that TFRecord puts on it. @module */

/** The polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78
const MASK_DELTA = 0xa282ead8

/** Eight tables: what a byte does that is followed by 0 … 7 others. */
const TABLES = createTables()

/**
 * The CRC-32C of some bytes.
 *
 * @see RFC 3720, appendix B.4
 */
export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES
  let crc = 0xffff_ffff
  let index = 0
  for (; index + 8 <= bytes.length; index += 8) {
    crc ^= at(bytes, index) | (at(bytes, index + 1) << 8) | (at(bytes, index + 2) << 16) | (at(bytes, index + 3) << 24)
    crc =
      at(t7, crc & 0xff) ^
      at(t6, (crc >>> 8) & 0xff) ^
      at(t5, (crc >>> 16) & 0xff) ^
      at(t4, crc >>> 24) ^
      at(t3, at(bytes, index + 4)) ^
      at(t2, at(bytes, index + 5)) ^
      at(t1, at(bytes, index + 6)) ^
      at(t0, at(bytes, index + 7))
  }
  for (; index < bytes.length; index++) crc = (crc >>> 8) ^ at(t0, (crc ^ at(bytes, index)) & 0xff)
  return ~crc >>> 0
}

/** The CRC-32C of some bytes, turned and moved as TFRecord stores it. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}

type Tables = readonly [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
]

function createTables(): Tables {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    return crc
  })
  const next = (table: Uint32Array): Uint32Array => table.map((crc) => (crc >>> 8) ^ at(first, crc & 0xff))
  const t1 = next(first)
  const t2 = next(t1)
  const t3 = next(t2)
  const t4 = next(t3)
  const t5 = next(t4)
  const t6 = next(t5)
  return [first, t1, t2, t3, t4, t5, t6, next(t6)]
}

function at(bytes: Uint8Array | Uint32Array, index: number): number {
  return bytes[index] ?? 0
}
