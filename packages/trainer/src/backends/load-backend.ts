/** Chooses a backend and loads it. @module */

import { TrainingError } from '@aibomgen/core'

import { cpuBackend } from './cpu-backend.ts'
import type { BackendName, BackendReport, TrainingBackend } from './training-backend.ts'
import { wasmBackend } from './wasm-backend.ts'

const BACKENDS: Readonly<Record<BackendName, TrainingBackend | undefined>> = {
  wasm: wasmBackend,
  cpu: cpuBackend,
  node: undefined,
  'node-gpu': undefined,
  webgpu: undefined,
}

/**
 * Loads the backend asked for; `auto` is `wasm`, the one that every machine has and that repeats bit for bit.
 *
 * @throws TrainingError `BACKEND_UNAVAILABLE`
 */
export async function loadBackend(name: BackendName | 'auto'): Promise<BackendReport> {
  const chosen = name === 'auto' ? 'wasm' : name
  const backend = BACKENDS[chosen]
  if (backend === undefined) {
    const reason = 'this version trains on wasm and cpu alone'
    throw new TrainingError('BACKEND_UNAVAILABLE', `backend ${chosen}: ${reason}`, { backend: chosen, reason })
  }
  const reason = name === 'auto' ? 'auto: needs nothing installed, and repeats bit for bit' : 'asked for'
  return { ...(await backend.load()), reason }
}
