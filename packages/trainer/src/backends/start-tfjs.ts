/** Makes a tfjs backend the current one, without tfjs's own banners. @module */

import * as tf from '@tensorflow/tfjs-core'

import { registerGradients } from '../kernels/gradients/register-gradients.ts'
import { backendUnavailable } from './backend-unavailable.ts'
import type { BackendName } from './training-backend.ts'

/**
 * Sets the backend that every tensor of this process is made on.
 *
 * @param engine - tfjs's name for it
 * @throws TrainingError `BACKEND_UNAVAILABLE`
 */
export async function startTfjs(name: BackendName, engine: 'wasm' | 'cpu' | 'tensorflow' | 'webgpu'): Promise<void> {
  tf.env().set('PROD', true) // no advice on the console, no checks of every result for NaN
  registerGradients()
  let ready: boolean
  try {
    ready = await tf.setBackend(engine)
  } catch (cause) {
    throw backendUnavailable(name, cause instanceof Error ? cause.message : 'it could not be started', cause)
  }
  if (!ready) throw backendUnavailable(name, 'it could not be started')
}
