/** TFRecord files and examples for tests, spelled byte by byte. @module */

import { concatBytes, utf8Encode } from '@aibomgen/core'

import { maskedCrc32c } from '../../src/datasets/crc32c.ts'

/** A feature's values. */
export type TestFeature =
  | { readonly float: readonly number[]; readonly isUnpacked?: boolean }
  | { readonly int64: readonly (number | bigint)[]; readonly isUnpacked?: boolean }
  | { readonly bytes: readonly (string | Uint8Array)[] }

/** One record: length, its checksum, bytes, theirs. */
export function recordOf(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(12)
  const view = new DataView(header.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, maskedCrc32c(header.subarray(0, 8)), true)
  const footer = new Uint8Array(4)
  new DataView(footer.buffer).setUint32(0, maskedCrc32c(bytes), true)
  return concatBytes(header, bytes, footer)
}

/** A file of these examples. */
export function tfrecordOf(examples: readonly Readonly<Record<string, TestFeature>>[]): Uint8Array {
  return concatBytes(...examples.map((features) => recordOf(exampleOf(features))))
}

/** A `tf.train.Example`. */
export function exampleOf(features: Readonly<Record<string, TestFeature>>): Uint8Array {
  const entries = Object.entries(features).map(([name, feature]) =>
    delimited(1, concatBytes(delimited(1, utf8Encode(name)), delimited(2, featureOf(feature)))),
  )
  return delimited(1, concatBytes(...entries))
}

/** A field of bytes. */
export function delimited(field: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(varint((field << 3) | 2), varint(bytes.length), bytes)
}

/** An integer, seven bits at a time. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.of(...bytes, Number(rest))
}

function featureOf(feature: TestFeature): Uint8Array {
  if ('bytes' in feature) {
    const values = feature.bytes.map((value) => delimited(1, typeof value === 'string' ? utf8Encode(value) : value))
    return delimited(1, concatBytes(...values))
  }
  if ('float' in feature) {
    const floats = feature.float.map((value) => new Uint8Array(Float32Array.of(value).buffer))
    const unpacked = floats.map((bytes) => concatBytes(varint((1 << 3) | 5), bytes))
    return delimited(2, feature.isUnpacked === true ? concatBytes(...unpacked) : delimited(1, concatBytes(...floats)))
  }
  const integers = feature.int64.map(varint)
  const unpacked = integers.map((bytes) => concatBytes(varint(1 << 3), bytes))
  return delimited(3, feature.isUnpacked === true ? concatBytes(...unpacked) : delimited(1, concatBytes(...integers)))
}
