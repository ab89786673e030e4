/** Registers the gradients of every kernel that models run. @module */

import { registerGradient } from '@tensorflow/tfjs-core'

import { ELEMENTWISE_GRADIENTS } from './elementwise-gradients.ts'
import { POOL_GRADIENTS } from './pool-gradients.ts'
import { SELECTION_GRADIENTS } from './selection-gradients.ts'
import { SHAPE_GRADIENTS } from './shape-gradients.ts'

/**
 * For all backends of the process: tfjs-core's Node build comes without any, and tfjs-node brings tfjs's own, which
 * these take the place of, so that every backend differentiates alike. Again is harmless.
 */
export function registerGradients(): void {
  const all = [...ELEMENTWISE_GRADIENTS, ...SHAPE_GRADIENTS, ...SELECTION_GRADIENTS, ...POOL_GRADIENTS]
  for (const config of all) registerGradient(config)
}
