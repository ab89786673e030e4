/** Tensors of tfjs's wasm backend as plain arrays. @module */

import { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { getKernel, type NamedAttrMap, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core'

/** What kernels get of the backend: a backend object that tfjs types as nothing in particular. */
export function asWasm(backend: unknown): BackendWasm {
  if (!(backend instanceof BackendWasm)) throw new TypeError('kernel: expected the wasm backend')
  return backend
}

/** An input by name. */
export function inputOf(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const input = inputs[name]
  if (input === undefined) throw new TypeError(`kernel: input ${name} is missing`)
  return input
}

/** A tensor's numbers, in the backend's own memory: to be read or written at once, before the next tensor is made. */
export function numbersOf(tensor: TensorInfo, backend: BackendWasm): Float32Array | Int32Array {
  const numbers = backend.typedArrayFromHeap(tensor)
  if (!(numbers instanceof Float32Array || numbers instanceof Int32Array)) {
    throw new TypeError(`kernel: expected numbers, got ${tensor.dtype}`)
  }
  return numbers
}

/** A new float32 tensor of zeros, and its numbers. */
export function makeZeros(shape: readonly number[], backend: BackendWasm): TensorInfo {
  const output = backend.makeOutput([...shape], 'float32')
  numbersOf(output, backend).fill(0)
  return output
}

/** Runs a kernel of the backend from within another. The caller disposes the result, or hands it on. */
export function callKernel(
  name: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
  backend: BackendWasm,
): TensorInfo {
  const kernel = getKernel(name, 'wasm')
  if (kernel === undefined) throw new TypeError(`kernel: ${name} is not there`)
  const output = kernel.kernelFunc({ inputs, attrs, backend })
  if (Array.isArray(output)) throw new TypeError(`kernel: ${name} gives several tensors`)
  return output
}
