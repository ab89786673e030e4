/** Plain JavaScript: slow, and the one that others are compared with. @module */

import { version_cpu as version } from '@tensorflow/tfjs-backend-cpu'

import { startTfjs } from './start-tfjs.ts'
import type { TrainingBackend } from './training-backend.ts'

/** The pure JavaScript backend of tfjs. */
export const cpuBackend: TrainingBackend = {
  name: 'cpu',
  async load() {
    await startTfjs('cpu', 'cpu')
    return { name: 'cpu', versions: { '@tensorflow/tfjs-backend-cpu': version }, devices: ['JavaScript, 1 thread'] }
  },
}
