/** Initial weights, as Keras draws them when nothing else is asked for. @module */

import type { Random } from '../random.ts'
import type { WeightSpec } from './layer.ts'
import { normalNumbers } from './normal-numbers.ts'
import { sizeOf } from './shapes.ts'

/** Values for one weight, by what kind of weight it is and whose. */
export function initialValues(spec: WeightSpec, className: string, random: Random): Float32Array {
  const size = sizeOf(spec.shape)
  switch (spec.name) {
    case 'recurrent_kernel':
      return orthogonal(spec.shape, random)
    case 'bias':
      // the forget gate begins open (`unit_forget_bias`)
      return className === 'LSTM' ? new Float32Array(size).fill(1, size / 4, size / 2) : new Float32Array(size)
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

/** Rows of length 1, each at right angles to the others (`keras.initializers.Orthogonal`, for matrices no taller than wide). */
function orthogonal(shape: readonly number[], random: Random): Float32Array {
  const [height = 1, width = 1] = shape
  const matrix = normalNumbers(height * width, random, 1)
  for (let row = 0; row < height; row += 1) {
    const current = matrix.subarray(row * width, (row + 1) * width)
    for (let other = 0; other < row; other += 1) {
      const earlier = matrix.subarray(other * width, (other + 1) * width)
      const along = current.reduce((sum, value, index) => sum + value * (earlier[index] ?? 0), 0)
      current.forEach((value, index) => (current[index] = value - along * (earlier[index] ?? 0)))
    }
    const length = Math.hypot(...current)
    current.forEach((value, index) => (current[index] = value / length))
  }
  return matrix
}

/** √(6 / (fan in + fan out)), a convolution's window counted into both (`keras.initializers.GlorotUniform`). */
function glorotLimit(shape: readonly number[]): number {
  const [inputs = 1, outputs = 1] = shape.slice(-2)
  const window = sizeOf(shape.slice(0, -2))
  return Math.sqrt(6 / (window * (inputs + outputs)))
}
