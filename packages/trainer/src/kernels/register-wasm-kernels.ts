/** Puts our kernels in place of tfjs's, or where it has none. @module */

import { getKernel, registerKernel, unregisterKernel, type KernelFunc } from '@tensorflow/tfjs-core'

import { maxPoolGradient } from './max-pool-gradient.ts'
import { productOfPlainFactors } from './transposed-product.ts'
import { unsortedSegmentSum } from './unsorted-segment-sum.ts'

/** Registers each kernel, once: again is harmless. The backend must be loaded. */
export function registerWasmKernels(): void {
  if (getKernel('UnsortedSegmentSum', 'wasm') !== undefined) return
  registerKernel({ kernelName: 'UnsortedSegmentSum', backendName: 'wasm', kernelFunc: unsortedSegmentSum })
  replaceKernel('MaxPoolGrad', () => maxPoolGradient)
  replaceKernel('BatchMatMul', productOfPlainFactors)
}

function replaceKernel(kernelName: string, ours: (stock: KernelFunc) => KernelFunc): void {
  const stock = getKernel(kernelName, 'wasm')
  if (stock === undefined) throw new TypeError(`kernel: tfjs has no ${kernelName} any more`)
  unregisterKernel(kernelName, 'wasm')
  registerKernel({ ...stock, kernelFunc: ours(stock.kernelFunc) })
}
