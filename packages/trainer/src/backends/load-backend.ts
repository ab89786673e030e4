/** Loads the backend that a run asks for. @module */

import { chooseBackend } from './choose-backend.ts'
import { cpuBackend } from './cpu-backend.ts'
import { nodeBackend, nodeGpuBackend } from './tensorflow-backend.ts'
import type { BackendName, BackendReport, TrainingBackend } from './training-backend.ts'
import { wasmBackend } from './wasm-backend.ts'
import { webgpuBackend } from './webgpu-backend.ts'

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
  return { ...(await BACKENDS[choice.name].load()), reason: choice.reason }
}
