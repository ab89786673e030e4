/** `tf.train.Example` messages: the values of the features that are wanted, the rest passed over. @module */

import { utf8Decode } from '@aibomgen/core'

/** How a feature's values are stored in an example. */
export type ListKind = 'bytes' | 'float' | 'int64'

/** A feature that is wanted of each example, and where its values go. */
export interface WantedFeature {
  readonly name: string
  readonly kind: ListKind
  /** Numbers: how many. Bytes that are numbers: how many bytes the one value has. Text: one value. */
  readonly width: number
  readonly as: 'numbers' | 'text'
  /** Whether an example may lack it, or have an empty list in its place. */
  readonly mayBeMissing: boolean
}

/**
 * What a feature held: as many numbers as its width, or one text; null where it is missing and may be. An integer beyond
 * ±(2^53 − 1) is NaN.
 */
export type FeatureValues = Float64Array | string | null

/** Says what is wrong, and with which feature if with one; does not return. */
export type FailExample = (reason: string, feature?: string) => never

const LIST_KINDS: Readonly<Record<number, ListKind>> = { 1: 'bytes', 2: 'float', 3: 'int64' }

/** Wire types of Protocol Buffers. */
const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/**
 * The wanted features of one example, in the order wanted. Unknown fields and other features are passed over; lists may
 * be packed or not. Refused is a feature that is twice there, of another kind, or with another number of values; one
 * that is not there or is an empty list is refused unless it may be missing.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/feature.proto
 */
export function parseExample(
  bytes: Uint8Array,
  wanted: ReadonlyMap<string, WantedFeature>,
  fail: FailExample,
): ReadonlyMap<string, FeatureValues> {
  const found = new Map<string, FeatureValues>()
  eachField(new Cursor(bytes, fail), (field, example) => {
    if (field !== 1) return false
    eachField(example.message(), (inner, features) => {
      if (inner !== 1) return false
      readEntry(features.message(), { wanted, found, fail })
      return true
    })
    return true
  })
  for (const [name, { mayBeMissing }] of wanted) {
    if (found.has(name)) continue
    if (!mayBeMissing) fail('missing from the example', name)
    found.set(name, null)
  }
  return found
}

interface Reading {
  readonly wanted: ReadonlyMap<string, WantedFeature>
  readonly found: Map<string, FeatureValues>
  readonly fail: FailExample
}

/** An entry of the map from names to features. */
function readEntry(entry: Cursor, { wanted, found, fail }: Reading): void {
  let name = ''
  let feature: Cursor | undefined
  eachField(entry, (field, cursor) => {
    if (field === 1) name = decodeText(cursor.bytes()) ?? fail('a feature whose name is not UTF-8')
    else if (field === 2) feature = cursor.message()
    else return false
    return true
  })
  const asked = wanted.get(name)
  if (asked === undefined) return
  if (found.has(name)) fail('twice in one example', name)
  found.set(name, readFeature(feature ?? new Cursor(new Uint8Array(0), fail), asked, fail))
}

function readFeature(feature: Cursor, wanted: WantedFeature, fail: FailExample): FeatureValues {
  const values = new Values(wanted, (reason) => fail(reason, wanted.name))
  eachField(
    feature.failing((reason) => fail(reason, wanted.name)),
    (field, cursor) => {
      const kind = LIST_KINDS[field]
      if (kind === undefined) return false
      if (kind !== wanted.kind) fail(`expected ${wanted.kind} values, got ${kind} values`, wanted.name)
      eachField(cursor.message(), (inner, list, wire) => {
        if (inner !== 1) return false
        values.take(list, wire)
        return true
      })
      return true
    },
  )
  return values.finish()
}

/** Takes the values of one list, in however many pieces they come. */
class Values {
  readonly #wanted: WantedFeature
  readonly #fail: (reason: string) => never
  readonly #numbers: Float64Array
  #text: string | undefined
  #count = 0

  constructor(wanted: WantedFeature, fail: (reason: string) => never) {
    this.#wanted = wanted
    this.#fail = fail
    this.#numbers = new Float64Array(wanted.as === 'text' ? 0 : wanted.width)
  }

  take(list: Cursor, wire: number): void {
    switch (this.#wanted.kind) {
      case 'bytes':
        this.#takeBytes(list.bytes())
        return
      case 'float':
        if (wire === FIXED32) this.#put(list.float())
        else for (const floats = list.message(); !floats.isAtEnd;) this.#put(floats.float())
        return
      case 'int64':
        if (wire === VARINT) this.#put(list.int64())
        else for (const integers = list.message(); !integers.isAtEnd;) this.#put(integers.int64())
        return
    }
  }

  finish(): FeatureValues {
    const { kind, width, as, mayBeMissing } = this.#wanted
    if (this.#count === 0 && mayBeMissing) return null
    const expected = kind === 'bytes' ? 1 : width
    if (this.#count !== expected) this.#fail(`expected ${expected} ${kind} values, got ${this.#count}`)
    return as === 'text' ? (this.#text ?? '') : this.#numbers
  }

  #put(value: number): void {
    // Those that are too many are counted and go nowhere.
    this.#numbers[this.#count++] = value
  }

  #takeBytes(bytes: Uint8Array): void {
    this.#count++
    if (this.#wanted.as === 'text') this.#text = decodeText(bytes) ?? this.#fail('a text that is not UTF-8')
    else if (bytes.length !== this.#wanted.width) {
      this.#fail(`expected a value of ${this.#wanted.width} bytes, got ${bytes.length}`)
    } else this.#numbers.set(bytes)
  }
}

/** Goes over the fields of a message; those that `take` has no use for (`false`) are passed over. */
function eachField(message: Cursor, take: (field: number, cursor: Cursor, wire: number) => boolean): void {
  while (!message.isAtEnd) {
    const tag = message.uint32()
    if (tag >>> 3 === 0) message.fail('a field with the number 0')
    if (!take(tag >>> 3, message.expecting(tag & 7), tag & 7)) message.skip(tag & 7)
  }
}

/** A place in a message, which it does not go past. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #fail: FailExample
  #position = 0
  /** The wire type of the field that is next. */
  #wire = DELIMITED

  constructor(bytes: Uint8Array, fail: FailExample) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#fail = fail
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  fail(reason: string): never {
    return this.#fail(`no tf.train.Example: ${reason}`)
  }

  /** The rest of this message, telling of what is wrong in another way. */
  failing(fail: FailExample): Cursor {
    return new Cursor(this.#bytes.subarray(this.#position), fail)
  }

  expecting(wire: number): this {
    this.#wire = wire
    return this
  }

  uint32(): number {
    const value = this.#varint()
    if (!(value >= 0 && value <= 0xffff_ffff))
      this.fail('a number of more than 32 bits where a field or length should be')
    return value
  }

  /** NaN beyond ±(2^53 − 1). */
  int64(): number {
    return this.#varint()
  }

  float(): number {
    this.#need(4)
    const value = this.#view.getFloat32(this.#position, true)
    this.#position += 4
    return value
  }

  bytes(): Uint8Array {
    if (this.#wire !== DELIMITED) this.fail(`a field of wire type ${this.#wire} where bytes should be`)
    const length = this.uint32()
    this.#need(length)
    this.#position += length
    return this.#bytes.subarray(this.#position - length, this.#position)
  }

  message(): Cursor {
    return new Cursor(this.bytes(), this.#fail)
  }

  skip(wire: number): void {
    if (wire === VARINT) this.#varint()
    else if (wire === DELIMITED) this.bytes()
    else if (wire === FIXED32 || wire === FIXED64) {
      const length = wire === FIXED32 ? 4 : 8
      this.#need(length)
      this.#position += length
    } else this.fail(`a field of wire type ${wire}`)
  }

  #need(length: number): void {
    if (length > this.#bytes.length - this.#position) this.fail('cut short')
  }

  /** Two's complement in 64 bits, seven at a time, the lowest first. */
  #varint(): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < 7; count++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    let large = BigInt(value)
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      large |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const signed = Number(BigInt.asIntN(64, large))
        return Number.isSafeInteger(signed) ? signed : Number.NaN
      }
    }
    return this.fail('an integer of more than ten bytes')
  }

  #byte(): number {
    this.#need(1)
    return this.#bytes[this.#position++] ?? 0
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return utf8Decode(bytes)
  } catch {
    // The caller says what was not UTF-8, and where.
    return undefined
  }
}
