/** Makes a tfjs backend the current one, without tfjs's own banners. @module */

import * as tf from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'

import { registerGradients } from '../kernels/gradients/register-gradients.ts'

/**
 * Sets the backend that every tensor of this process is made on.
 *
 * @throws TrainingError `BACKEND_UNAVAILABLE`
 */
export async function startTfjs(name: 'wasm' | 'cpu'): Promise<void> {
  tf.env().set('PROD', true) // no advice on the console, no checks of every result for NaN
  registerGradients()
  let ready: boolean
  try {
    ready = await tf.setBackend(name)
  } catch (cause) {
    throw unavailable(name, cause instanceof Error ? cause.message : 'it could not be started', cause)
  }
  if (!ready) throw unavailable(name, 'it could not be started')
}

function unavailable(backend: string, reason: string, cause?: unknown): TrainingError<'BACKEND_UNAVAILABLE'> {
  return new TrainingError('BACKEND_UNAVAILABLE', `backend ${backend}: ${reason}`, { backend, reason }, { cause })
}
