/** Registers the gradients of every kernel that models run. @module */

import { getGradient, registerGradient } from '@tensorflow/tfjs-core'

import { ELEMENTWISE_GRADIENTS } from './elementwise-gradients.ts'
import { POOL_GRADIENTS } from './pool-gradients.ts'
import { SELECTION_GRADIENTS } from './selection-gradients.ts'
import { SHAPE_GRADIENTS } from './shape-gradients.ts'

/** Once for the process, for all backends: tfjs-core's Node build comes without any. Again is harmless. */
export function registerGradients(): void {
  for (const config of [...ELEMENTWISE_GRADIENTS, ...SHAPE_GRADIENTS, ...SELECTION_GRADIENTS, ...POOL_GRADIENTS]) {
    if (getGradient(config.kernelName) === undefined) registerGradient(config)
  }
}
