/** The matrix product, fast for transposed factors too. @module */

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

import { asWasm, callKernel, inputOf } from './wasm-memory.ts'

/**
 * tfjs's own product, asked for plain factors only: for transposed ones, which every gradient has, it falls back to a
 * loop that is some thirty times slower than transposing first.
 */
export function productOfPlainFactors(stock: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const wasm = asWasm(backend)
    const { transposeA, transposeB } = { transposeA: false, transposeB: false, ...attrs }
    const a = transposeA ? transposed(inputOf(inputs, 'a'), wasm) : inputOf(inputs, 'a')
    const b = transposeB ? transposed(inputOf(inputs, 'b'), wasm) : inputOf(inputs, 'b')
    const product = stock({ inputs: { a, b }, attrs: { transposeA: false, transposeB: false }, backend: wasm })
    if (transposeA) wasm.disposeData(a.dataId)
    if (transposeB) wasm.disposeData(b.dataId)
    return product
  }
}

function transposed(matrix: TensorInfo, backend: BackendWasm): TensorInfo {
  const axes = matrix.shape.map((_, axis) => axis)
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()]
  return callKernel('Transpose', { x: matrix }, { perm }, backend)
}
