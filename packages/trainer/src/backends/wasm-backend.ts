/** WebAssembly on one thread: the default, the same bits everywhere it was tried. @module */

import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'

import { setWasmPaths, version_wasm as version } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'

import { registerWasmKernels } from '../kernels/register-wasm-kernels.ts'
import { startTfjs } from './start-tfjs.ts'
import type { TrainingBackend } from './training-backend.ts'

const PACKAGE = '@tensorflow/tfjs-backend-wasm'

/** tfjs's wasm backend, with the kernels that training needs and it lacks or has wrong. */
export const wasmBackend: TrainingBackend = {
  name: 'wasm',
  async load() {
    // The binary lies beside the package's entry; threads would make sums depend on the machine.
    if (tf.findBackend('wasm') === null) setWasmPaths(dirname(createRequire(import.meta.url).resolve(PACKAGE)) + sep)
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    await startTfjs('wasm', 'wasm')
    registerWasmKernels()
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true
    return { name: 'wasm', versions: { [PACKAGE]: version }, devices: [`WebAssembly${simd ? ' SIMD' : ''}, 1 thread`] }
  },
}
