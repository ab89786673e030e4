import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { createRandom } from '../../src/random.ts'

const random = createRandom(11)
const numbers = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.nextFloat() * 4 - 2)

/** What a computation gives on both backends. */
async function onBoth(compute: () => Tensor): Promise<{ wasm: number[]; cpu: number[] }> {
  await loadBackend('wasm')
  const wasm = [...compute().dataSync()]
  await loadBackend('cpu')
  return { wasm, cpu: [...compute().dataSync()] }
}

function expectClose(got: readonly number[], expected: readonly number[], digits = 4): void {
  expect(got).toHaveLength(expected.length)
  got.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, digits))
}

describe('wasm kernels of ours', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('matrix product, transposed %s and %s', async (transposeA, transposeB) => {
    const [a, b] = [numbers(2 * 5 * 3), numbers(2 * 3 * 4)]
    const { wasm, cpu } = await onBoth(() =>
      tf.matMul(
        tf.tensor3d(a, transposeA ? [2, 3, 5] : [2, 5, 3]),
        tf.tensor3d(b, transposeB ? [2, 4, 3] : [2, 3, 4]),
        transposeA,
        transposeB,
      ),
    )
    expectClose(wasm, cpu, 5)
  })

  it('sums rows by index, those out of range left out', async () => {
    const rows = numbers(6 * 2)
    const { wasm, cpu } = await onBoth(() =>
      tf.unsortedSegmentSum(tf.tensor2d(rows, [6, 2]), tf.tensor1d([2, 0, 2, 1, 2, 0], 'int32'), 4),
    )
    expectClose(wasm, cpu, 6)
    expect(wasm.slice(6)).toEqual([0, 0])
  })

  it.each([
    ['max', 'valid', 2, 2],
    ['max', 'same', 3, 2],
    ['max', 'same', 2, 3],
    ['average', 'valid', 2, 1],
    ['average', 'same', 3, 2],
    ['average', 'same', 2, 1],
  ] as const)('gradient of %s pooling, %s, window %i, stride %i, is the slope', async (kind, padding, size, stride) => {
    const image = numbers(2 * 5 * 7 * 2)
    const weigh = (x: Tensor): Tensor => {
      const pooled = (kind === 'max' ? tf.maxPool : tf.avgPool)(x as Tensor4D, size, stride, padding)
      return tf.sum(tf.mul(pooled, tf.reshape(tf.sin(tf.range(1, pooled.size + 1)), pooled.shape)))
    }
    const slope = await onBoth(() => tf.grad(weigh)(tf.tensor4d(image, [2, 5, 7, 2])))
    await loadBackend('cpu')
    const at = (index: number, step: number): number => {
      const moved = Float32Array.from(image, (value, other) => (other === index ? value + step : value))
      return weigh(tf.tensor4d(moved, [2, 5, 7, 2])).dataSync()[0] ?? NaN
    }
    const expected = Array.from(image, (_, index) => (at(index, 1e-3) - at(index, -1e-3)) / 2e-3)
    expectClose(slope.wasm, expected, 1.5)
    expectClose(slope.wasm, slope.cpu, 5)
  })
})

describe('gradients of kernels', () => {
  const functions: [string, (x: Tensor) => Tensor][] = [
    ['Relu', (x) => tf.relu(x)],
    ['Relu6', (x) => tf.relu6(tf.mul(x, 4))],
    ['LeakyRelu', (x) => tf.leakyRelu(x, 0.3)],
    ['Elu', (x) => tf.elu(x)],
    ['Selu', (x) => tf.selu(x)],
    ['Erf', (x) => tf.erf(x)],
    ['Softplus', (x) => tf.softplus(x)],
    ['Softmax', (x) => tf.softmax(x)],
    ['Tanh and Sigmoid', (x) => tf.tanh(tf.sigmoid(x))],
    ['Exp, Log, Log1p', (x) => tf.log1p(tf.exp(tf.log(tf.add(tf.square(x), 1))))],
    ['Sqrt, Rsqrt', (x) => tf.rsqrt(tf.add(1, tf.sqrt(tf.add(tf.abs(x), 0.5))))],
    ['RealDiv, stretched', (x) => tf.div(tf.sum(x, 0, true), tf.add(5, x))],
    ['Maximum, Minimum', (x) => tf.maximum(tf.minimum(x, 1), tf.mul(x, -0.5))],
    ['ClipByValue', (x) => tf.clipByValue(x, -1, 1)],
    ['Select', (x) => tf.where(tf.greater(x, 0.3), tf.mul(x, 3), tf.neg(x))],
    ['Sum, Mean, Max', (x) => tf.add(tf.sum(x, 0), tf.mul(tf.mean(x, 1, true), tf.max(x, 1, true)))],
    [
      'Transpose, Concat, PadV2',
      (x) =>
        tf.concat(
          [
            tf.transpose(x),
            tf.pad(tf.transpose(x), [
              [0, 0],
              [1, 2],
            ]),
          ],
          1,
        ),
    ],
    ['BatchMatMul', (x) => tf.matMul(x, tf.transpose(x))],
  ]

  it.each(functions)('%s', async (_kernels, compute) => {
    await loadBackend('wasm')
    const start = numbers(3 * 4)
    const weights = (y: Tensor): Tensor => tf.reshape(tf.cos(tf.range(0, y.size)), y.shape)
    const weigh = (x: Tensor): Tensor => tf.tidy(() => ((y) => tf.sum(tf.mul(y, weights(y))))(compute(x)))
    const slope = [
      ...tf
        .grad(weigh)(tf.tensor2d(start, [3, 4]))
        .dataSync(),
    ]
    const at = (index: number, step: number): number =>
      weigh(
        tf.tensor2d(
          Float32Array.from(start, (value, other) => (other === index ? value + step : value)),
          [3, 4],
        ),
      ).dataSync()[0] ?? NaN
    const expected = Array.from(start, (_, index) => (at(index, 2e-3) - at(index, -2e-3)) / 4e-3)
    expectClose(slope, expected, 1.5)
  })
})
