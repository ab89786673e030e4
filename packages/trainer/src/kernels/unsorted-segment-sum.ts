/** UnsortedSegmentSum: rows added up by index, in their order. @module */

import type { KernelFunc } from '@tensorflow/tfjs-core'

import { asWasm, inputOf, makeZeros, numbersOf } from './wasm-memory.ts'

/** The gradient of a lookup; tfjs's wasm backend has none. Indices outside 0 … `numSegments`−1 count for nothing. */
export const unsortedSegmentSum: KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = asWasm(backend)
  const x = inputOf(inputs, 'x')
  const segments = Number(attrs?.numSegments)
  const width = x.shape.slice(1).reduce((size, dimension) => size * dimension, 1)
  const output = makeZeros([segments, ...x.shape.slice(1)], wasm)

  const sums = numbersOf(output, wasm)
  const values = numbersOf(x, wasm)
  numbersOf(inputOf(inputs, 'segmentIds'), wasm).forEach((segment, row) => {
    if (segment < 0 || segment >= segments) return
    for (let column = 0; column < width; column += 1) {
      const at = segment * width + column
      sums[at] = (sums[at] ?? 0) + (values[row * width + column] ?? 0)
    }
  })
  return output
}
