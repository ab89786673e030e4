/** TensorFlow's own library, on the processor or on an NVIDIA card, through the tfjs-node packages. @module */

import util from 'node:util'

import * as z from 'zod'

import { backendUnavailable } from './backend-unavailable.ts'
import { importEngine } from './optional-package.ts'
import { startTfjs } from './start-tfjs.ts'
import type { TrainingBackend } from './training-backend.ts'

const PACKAGES = { node: '@tensorflow/tfjs-node', 'node-gpu': '@tensorflow/tfjs-node-gpu' } as const

/** What is read of the package: its versions, and what its native part says of itself. */
const engineSchema = z.looseObject({
  version: z.looseObject({ 'tfjs-node': z.string() }),
  backend: z.custom<() => unknown>((value) => typeof value === 'function'),
})
const nativeSchema = z.looseObject({
  isUsingGpuDevice: z.boolean(),
  binding: z.looseObject({ TF_Version: z.string() }),
})

/**
 * TensorFlow through tfjs-node. Its sums are spread over threads: the same machine repeats itself, another one with more
 * cores or other instructions differs in the last digits.
 */
export const nodeBackend: TrainingBackend = { name: 'node', load: () => loadTensorflow('node') }

/** The same on an NVIDIA card. tfjs-node-gpu 4.22 wants CUDA 11.2 and cuDNN 8.1, which newer cards do not run. */
export const nodeGpuBackend: TrainingBackend = { name: 'node-gpu', load: () => loadTensorflow('node-gpu') }

async function loadTensorflow(name: 'node' | 'node-gpu'): ReturnType<TrainingBackend['load']> {
  restoreIsNullOrUndefined()
  const engine = engineSchema.parse(await importEngine(name, PACKAGES[name]))
  await startTfjs(name, 'tensorflow')
  const native = nativeSchema.parse(engine.backend())
  if (name === 'node-gpu' && !native.isUsingGpuDevice) {
    throw backendUnavailable(name, 'TensorFlow found no card that it can use (it needs CUDA 11.2 and cuDNN 8.1)')
  }
  return {
    name,
    versions: { [PACKAGES[name]]: engine.version['tfjs-node'], tensorflow: native.binding.TF_Version },
    devices: [native.isUsingGpuDevice ? 'TensorFlow, GPU:0' : 'TensorFlow, CPU:0'],
  }
}

/** tfjs-node calls a function that Node 23 took away. */
function restoreIsNullOrUndefined(): void {
  if ('isNullOrUndefined' in util) return
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
}
