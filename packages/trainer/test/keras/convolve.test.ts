import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { convolve, type Geometry } from '../../src/keras/convolve.ts'
import { createRandom } from '../../src/random.ts'

const random = createRandom(5)
const tensor = (shape: [number, number, number, number]): Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.nextFloat() - 0.5),
    shape,
  )

/** Convolution by its definition, numbers in float64. */
function byDefinition(image: Tensor4D, filter: Tensor4D, { strides, dilations, padding }: Geometry): number[] {
  const [rows, height, width, channels] = image.shape
  const [high, wide, , filters] = filter.shape
  const [x, k] = [image.arraySync(), filter.arraySync()]
  const out = [0, 1].map((axis) => {
    const length = [height, width][axis] ?? 0
    const covered = ([high, wide][axis] ?? 0) * (dilations[axis] ?? 1) - (dilations[axis] ?? 1) + 1
    return Math.ceil((padding === 'same' ? length : length - covered + 1) / (strides[axis] ?? 1))
  })
  const before = [0, 1].map((axis) => {
    if (padding === 'valid') return 0
    const covered = (([high, wide][axis] ?? 0) - 1) * (dilations[axis] ?? 1) + 1
    const needed = ((out[axis] ?? 0) - 1) * (strides[axis] ?? 1) + covered - ([height, width][axis] ?? 0)
    return Math.floor(Math.max(0, needed) / 2)
  })
  const result: number[] = []
  for (let row = 0; row < rows; row += 1)
    for (let y = 0; y < (out[0] ?? 0); y += 1)
      for (let u = 0; u < (out[1] ?? 0); u += 1)
        for (let f = 0; f < filters; f += 1) {
          let sum = 0
          for (let i = 0; i < high; i += 1)
            for (let j = 0; j < wide; j += 1)
              for (let c = 0; c < channels; c += 1) {
                const inY = y * strides[0] + i * dilations[0] - (before[0] ?? 0)
                const inX = u * strides[1] + j * dilations[1] - (before[1] ?? 0)
                sum += (x[row]?.[inY]?.[inX]?.[c] ?? 0) * (k[i]?.[j]?.[c]?.[f] ?? 0)
              }
          result.push(sum)
        }
  return result
}

const cases: [string, [number, number], [number, number], Geometry][] = [
  ['plain', [5, 6], [3, 2], { strides: [1, 1], dilations: [1, 1], padding: 'valid' }],
  ['same, even filter', [5, 6], [2, 4], { strides: [1, 1], dilations: [1, 1], padding: 'same' }],
  ['strides that leave a rest', [9, 8], [4, 3], { strides: [3, 2], dilations: [1, 1], padding: 'valid' }],
  ['strides, same', [8, 9], [3, 3], { strides: [2, 2], dilations: [1, 1], padding: 'same' }],
  ['strides wider than the filter', [7, 7], [1, 2], { strides: [3, 3], dilations: [1, 1], padding: 'same' }],
  ['strides that pass over the last row', [4, 3], [1, 2], { strides: [2, 1], dilations: [1, 1], padding: 'same' }],
  ['dilated', [7, 8], [3, 2], { strides: [1, 1], dilations: [2, 3], padding: 'valid' }],
  ['dilated, same', [6, 5], [3, 3], { strides: [1, 1], dilations: [2, 2], padding: 'same' }],
]

describe.each(['wasm', 'cpu'] as const)('convolution on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend(backend)
  })

  it.each(cases)(
    'agrees with the definition, and its gradients with differences: %s',
    (_name, image, filter, geometry) => {
      const [x, k] = [tensor([2, ...image, 2]), tensor([...filter, 2, 3])]
      const value = convolve(x, k, geometry)
      const expected = byDefinition(x, k, geometry)
      value.dataSync().forEach((number, index) => expect(number).toBeCloseTo(expected[index] ?? NaN, 5))

      // The convolution is linear in both, so that a difference over a whole step is the slope itself.
      const weights = tensor(value.shape)
      const slope = tf.grads((a, b) => tf.sum(tf.mul(convolve(a as Tensor4D, b as Tensor4D, geometry), weights)))([
        x,
        k,
      ])
      const total = (a: Tensor4D, b: Tensor4D): number =>
        byDefinition(a, b, geometry).reduce((sum, number, index) => sum + number * (weights.dataSync()[index] ?? 0), 0)
      const start = total(x, k)
      for (const [part, other] of [
        [x, 0],
        [k, 1],
      ] as const) {
        const gradient = slope[other]?.dataSync() ?? []
        for (let at = 0; at < part.size; at += 7) {
          const moved = Float32Array.from(part.dataSync(), (number, index) => (index === at ? number + 1 : number))
          const changed = tf.tensor4d(moved, part.shape)
          expect(gradient[at]).toBeCloseTo((other === 0 ? total(changed, k) : total(x, changed)) - start, 4)
        }
      }
    },
  )
})
