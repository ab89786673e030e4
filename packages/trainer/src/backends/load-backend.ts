/** Loads the backend that a run asks for. @module */

import { TrainingError } from '@aibomgen/core'

import { chooseBackend } from './choose-backend.ts'
import { cpuBackend } from './cpu-backend.ts'
import { nodeBackend, nodeGpuBackend } from './tensorflow-backend.ts'
import type { BackendName, BackendReport, TrainingBackend } from './training-backend.ts'
import { wasmBackend } from './wasm-backend.ts'
import { webgpuBackend } from './webgpu-backend.ts'

/** What a training child may say of its backend in one text. */
const MAX_REASON_LENGTH = 256

const BACKENDS: Readonly<Record<BackendName, TrainingBackend>> = {
  wasm: wasmBackend,
  cpu: cpuBackend,
  node: nodeBackend,
  'node-gpu': nodeGpuBackend,
  webgpu: webgpuBackend,
}

/**
 * Loads the backend asked for; for `auto` the one that suits the model best of those that are installed.
 *
 * @param layerClasses - the model's layers by Keras's class names; what `auto` goes by
 * @throws TrainingError `BACKEND_UNAVAILABLE`, with the command that installs it where it is missing
 */
export async function loadBackend(
  name: BackendName | 'auto',
  layerClasses: readonly string[] = [],
): Promise<BackendReport> {
  if (name !== 'auto') return { ...(await BACKENDS[name].load()), reason: 'asked for' }
  const choice = chooseBackend(layerClasses)
  try {
    return { ...(await BACKENDS[choice.name].load()), reason: choice.reason }
  } catch (error) {
    // What nobody asked for by name may be broken: the engine that is always there does, and the reason is told.
    if (choice.name === 'wasm' || !(error instanceof TrainingError)) throw error
    return { ...(await BACKENDS.wasm.load()), reason: `auto: ${error.message}`.slice(0, MAX_REASON_LENGTH) }
  }
}
