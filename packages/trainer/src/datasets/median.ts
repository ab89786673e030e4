/** Exact medians of numbers that need not fit in memory, by counting their bits from the top. @module */

import type { RawRows } from './raw-rows.ts'

/** How many bits of a number are looked at in one pass: four passes see all 64. */
const DIGIT_BITS = 16
const PASSES = 64 / DIGIT_BITS
const DIGITS = 2 ** DIGIT_BITS
/** How many numbers of a row are looked at together: each takes two tables of counts. */
const TOGETHER = 64

/**
 * The median of each of these numbers of a raw row, over the rows where `isCounted` is 1: the middle value, or the mean
 * of the two in the middle; undefined where none is there. Four passes over the rows for every 64 numbers.
 *
 * Floats sort as their bits do, once those of negative ones are turned over: each pass finds the next 16 bits of the
 * two in the middle.
 */
export async function mediansOf(
  { store }: Pick<RawRows, 'store'>,
  positions: readonly number[],
  isCounted: Uint8Array,
): Promise<readonly (number | undefined)[]> {
  const medians: (number | undefined)[] = []
  for (let first = 0; first < positions.length; first += TOGETHER) {
    const searches = positions.slice(first, first + TOGETHER).map((position) => new MedianSearch(position))
    for (let pass = 0; pass < PASSES; pass++) {
      for await (const { firstRow, rows, values } of store.blocks()) {
        for (let row = 0; row < rows; row++) {
          if (isCounted[firstRow + row] !== 1) continue
          for (const search of searches) search.see(values[row * store.width + search.position] ?? Number.NaN, pass)
        }
      }
      for (const search of searches) search.endPass(pass)
    }
    medians.push(...searches.map((search) => search.median()))
  }
  return medians
}

class MedianSearch {
  readonly position: number
  /** The lower and the upper of the two in the middle. */
  readonly #targets = [new RankSearch(), new RankSearch()] as const
  #count = 0

  constructor(position: number) {
    this.position = position
  }

  see(value: number, pass: number): void {
    if (Number.isNaN(value)) return
    if (pass === 0) this.#count++
    FLOAT[0] = value
    const high = WORDS[HIGH] ?? 0
    const low = WORDS[1 - HIGH] ?? 0
    // Of a negative number all bits turn over, of another the sign alone.
    const isNegative = high >= SIGN
    for (const target of this.#targets) {
      target.see((isNegative ? ~high : high ^ SIGN) >>> 0, (isNegative ? ~low : low) >>> 0, pass)
    }
  }

  endPass(pass: number): void {
    if (this.#count === 0) return
    const [lower, upper] = this.#targets
    if (pass === 0) {
      lower.rank = Math.ceil(this.#count / 2) - 1
      upper.rank = Math.floor(this.#count / 2)
    }
    for (const target of this.#targets) target.endPass()
  }

  median(): number | undefined {
    if (this.#count === 0) return undefined
    const [lower, upper] = this.#targets
    return (lower.value() + upper.value()) / 2
  }
}

/** Looks for the number with a rank, from 0. */
class RankSearch {
  rank = 0
  /** The digits found so far, the first one first. */
  readonly #found: number[] = []
  readonly #counts = new Uint32Array(DIGITS)

  see(high: number, low: number, pass: number): void {
    const [first = 0, second = 0, third = 0] = this.#found
    if (pass > 0 && high >>> DIGIT_BITS !== first) return
    if (pass > 1 && high % DIGITS !== second) return
    if (pass > 2 && low >>> DIGIT_BITS !== third) return
    const word = pass < 2 ? high : low
    const digit = pass % 2 === 0 ? word >>> DIGIT_BITS : word % DIGITS
    this.#counts[digit] = (this.#counts[digit] ?? 0) + 1
  }

  endPass(): void {
    let digit = 0
    for (; this.rank >= (this.#counts[digit] ?? 0); digit++) this.rank -= this.#counts[digit] ?? 0
    this.#found.push(digit)
    this.#counts.fill(0)
  }

  value(): number {
    const [first = 0, second = 0, third = 0, fourth = 0] = this.#found
    const high = first * DIGITS + second
    const low = third * DIGITS + fourth
    const isNegative = high < SIGN
    WORDS[HIGH] = isNegative ? ~high : high ^ SIGN
    WORDS[1 - HIGH] = isNegative ? ~low : low
    return (FLOAT[0] ?? 0) + 0
  }
}

const SIGN = 0x8000_0000
const FLOAT = new Float64Array(1)
const WORDS = new Uint32Array(FLOAT.buffer)
/** Which of the two words holds the sign: this depends on the machine. */
const HIGH = ((): 0 | 1 => {
  FLOAT[0] = -0
  return WORDS[1] === SIGN ? 1 : 0
})()
