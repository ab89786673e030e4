/** MaxPoolGrad: each window's gradient goes to its largest entry. @module */

import type { KernelFunc } from '@tensorflow/tfjs-core'

import { poolFacts } from './gradients/pool-gradients.ts'
import { asWasm, inputOf, makeZeros, numbersOf } from './wasm-memory.ts'

type PoolFacts = ReturnType<typeof poolFacts>

/** tfjs's own is wrong for padding `same`. Of equal entries the first takes the gradient, as in TensorFlow. */
export const maxPoolGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = asWasm(backend)
  const input = inputOf(inputs, 'input')
  const facts = poolFacts(input.shape, attrs)
  const output = makeZeros(input.shape, wasm)

  const gradient = numbersOf(output, wasm)
  const values = numbersOf(input, wasm)
  let window = 0
  const incoming = numbersOf(inputOf(inputs, 'dy'), wasm)
  for (let row = 0; row < facts.batchSize; row += 1) {
    for (let y = 0; y < facts.outHeight; y += 1) {
      for (let x = 0; x < facts.outWidth; x += 1) {
        for (let channel = 0; channel < facts.inChannels; channel += 1) {
          const at = largestOf(values, facts, { row, y, x, channel })
          gradient[at] = (gradient[at] ?? 0) + (incoming[window] ?? 0)
          window += 1
        }
      }
    }
  }
  return output
}

/** Where in the input the largest entry of one window stands. */
function largestOf(
  values: Float32Array | Int32Array,
  facts: PoolFacts,
  { row, y, x, channel }: { readonly row: number; readonly y: number; readonly x: number; readonly channel: number },
): number {
  const top = y * facts.strideHeight - facts.padInfo.top
  const left = x * facts.strideWidth - facts.padInfo.left
  let best = -1
  let largest = -Infinity
  for (let inY = Math.max(0, top); inY < Math.min(facts.inHeight, top + facts.filterHeight); inY += 1) {
    for (let inX = Math.max(0, left); inX < Math.min(facts.inWidth, left + facts.filterWidth); inX += 1) {
      const at = ((row * facts.inHeight + inY) * facts.inWidth + inX) * facts.inChannels + channel
      const value = values[at] ?? 0
      if (best < 0 || value > largest) {
        best = at
        largest = value
      }
    }
  }
  return best
}
