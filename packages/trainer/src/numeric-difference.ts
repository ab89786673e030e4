/** How far two lists of numbers lie apart. @module */

/** How far numbers lie apart. `maxRelative` is to the larger of the two; `furthest` names what lies furthest apart. */
export interface NumericDifference {
  readonly compared: number
  readonly identical: number
  readonly maxAbsolute: number
  readonly maxRelative: number
  readonly furthest?: string
}

/** Nothing compared yet. */
export const NO_DIFFERENCE: NumericDifference = { compared: 0, identical: 0, maxAbsolute: 0, maxRelative: 0 }

/**
 * `sum` with the numbers of `name` added. Numbers are the same when they are the same value: NaN is itself, and zeros of
 * both signs are not each other. What has no number in its place lies infinitely far apart, told as the largest number.
 */
export function addDifference(
  sum: NumericDifference,
  name: string,
  released: ArrayLike<number | bigint>,
  reproduced: ArrayLike<number | bigint>,
): NumericDifference {
  let { compared, identical, maxAbsolute, maxRelative, furthest } = sum
  for (let index = 0; index < Math.max(released.length, reproduced.length); index++) {
    const [one, other] = [released[index], reproduced[index]]
    compared += 1
    if (one !== undefined && Object.is(one, other)) {
      identical += 1
      continue
    }
    const absolute = finite(Math.abs(Number(one) - Number(other)))
    const relative = finite(absolute / Math.max(Math.abs(Number(one)), Math.abs(Number(other)), Number.MIN_VALUE))
    if (absolute >= maxAbsolute) furthest = name
    maxAbsolute = Math.max(maxAbsolute, absolute)
    maxRelative = Math.max(maxRelative, relative)
  }
  return { compared, identical, maxAbsolute, maxRelative, ...(furthest !== undefined && { furthest }) }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE
}
