/** Initial weights, as Keras draws them when nothing else is asked for. @module */

import type { Random } from '../random.ts'
import type { WeightSpec } from './layer.ts'
import { sizeOf } from './shapes.ts'

/** Values for one weight, by what kind of weight it is. */
export function initialValues(spec: WeightSpec, random: Random): Float32Array {
  const size = sizeOf(spec.shape)
  switch (spec.name) {
    case 'kernel':
      return uniform(size, glorotLimit(spec.shape), random)
    case 'embeddings':
      return uniform(size, 0.05, random)
    case 'gamma':
    case 'variance':
    case 'moving_variance':
      return new Float32Array(size).fill(1)
    default:
      return new Float32Array(size)
  }
}

function uniform(size: number, limit: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => (2 * random.nextFloat() - 1) * limit)
}

/** √(6 / (fan in + fan out)), a convolution's window counted into both (`keras.initializers.GlorotUniform`). */
function glorotLimit(shape: readonly number[]): number {
  const [inputs = 1, outputs = 1] = shape.slice(-2)
  const window = sizeOf(shape.slice(0, -2))
  return Math.sqrt(6 / (window * (inputs + outputs)))
}
