/** Row sources and fit options for tests, from nested arrays. @module */

import type { FitOptions } from '../src/fit-options.ts'
import { createRandom } from '../src/random.ts'
import type { RowSource } from '../src/row-source.ts'

/** Numbers in arrays in arrays. */
export type Nested = number | readonly Nested[]

/** All numbers, row-major. */
export function flatNumbers(nested: Nested): number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(flatNumbers)
}

/** A row source over arrays whose first axis are the rows: one target. */
export function rowSourceOf(inputs: readonly (readonly Nested[])[], target: readonly Nested[]): RowSource {
  return rowSourceOfSeveral(inputs, [target])
}

/** A row source for a model of several outputs. */
export function rowSourceOfSeveral(
  inputs: readonly (readonly Nested[])[],
  targets: readonly (readonly Nested[])[],
): RowSource {
  const pick = (part: readonly Nested[], rows: Uint32Array): Float32Array =>
    Float32Array.from(Array.from(rows, (row) => part[row] ?? []).flatMap(flatNumbers))
  return {
    rows: targets[0]?.length ?? 0,
    inputShapes: inputs.map((part) => shapeOf(part[0] ?? [])),
    targetShapes: targets.map((part) => shapeOf(part[0] ?? [])),
    gather: async (rows) => ({
      inputs: inputs.map((part) => pick(part, rows)),
      targets: targets.map((part) => pick(part, rows)),
    }),
  }
}

/** The numbers below `count`. */
export function upTo(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index)
}

/** One epoch, unshuffled, batches of 16, nobody listening. */
export function wholeRun(train: Uint32Array, validation: Uint32Array): FitOptions {
  return {
    epochs: 1,
    initialEpoch: 0,
    batchSize: 16,
    validationFreq: 1,
    shuffle: false,
    random: createRandom(1),
    train,
    validation,
    signal: new AbortController().signal,
    onBatch: () => {},
    onEpoch: () => {},
  }
}

function shapeOf(nested: Nested): number[] {
  return typeof nested === 'number' ? [] : [nested.length, ...shapeOf(nested[0] ?? [])]
}
