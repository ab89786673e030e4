import * as tf from '@tensorflow/tfjs-core'
import type { Variable } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { ConfigReader } from '../../src/keras/config-reader.ts'
import { LOSS_CLASSES, readLoss } from '../../src/keras/losses.ts'
import { METRIC_CLASSES, readMetric } from '../../src/keras/metrics.ts'
import { OPTIMIZER_CLASSES, readOptimizer, type OptimizedWeight, type Optimizer } from '../../src/keras/optimizers.ts'
import type { OptimizerState } from '../../src/keras/optimizers.ts'
import { Gradient } from '../../src/keras/optimizers/gradient.ts'
import { readSchedule, SCHEDULE_CLASSES } from '../../src/keras/optimizers/schedules.ts'
import { sizeOf } from '../../src/keras/shapes.ts'
import { namesOf, readKerasNumbers, tensorOf, titled, type OptimizerCase, type OptimizerStep } from './keras-numbers.ts'

const numbers = readKerasNumbers()

function expectNear(got: ArrayLike<number>, expected: readonly number[], relative = 2e-5): void {
  expect(got).toHaveLength(expected.length)
  expected.forEach((value, index) => {
    expect(Math.abs((got[index] ?? NaN) - value), `number ${index}`).toBeLessThanOrEqual(
      relative * (0.05 + Math.abs(value)),
    )
  })
}

beforeAll(async () => {
  await loadBackend('wasm')
})

describe('losses', () => {
  it.each(titled(numbers.losses))('%s', (_, { name, config, target, prediction, weights, mask, loss, gradient }) => {
    const read = readLoss({ name, config, named: false })
    const facts = { logits: undefined, mask: mask === null ? undefined : tf.tensor(mask.values, mask.shape, 'bool') }
    const rows = weights === null ? undefined : tf.tensor(weights)
    const { value, grad } = tf.valueAndGrad((output) => read.compute(tensorOf(target), { output, ...facts }, rows))(
      tensorOf(prediction),
    )
    expectNear(value.dataSync(), [loss])
    expectNear(grad.dataSync(), gradient)
  })

  it('are all held', () => {
    expect(namesOf(numbers.losses)).toEqual(new Set(LOSS_CLASSES))
  })
})

describe('metrics', () => {
  it.each(titled(numbers.metrics))('%s', (_, { name, config, targetShape, outputShape, batches, result }) => {
    const metric = readMetric({ name, config, named: false }).create(targetShape, outputShape)
    for (const { target, prediction, weights } of batches) {
      metric.update({
        rows: prediction.length / sizeOf(outputShape),
        classes: outputShape.at(-1) ?? 1,
        target: Float32Array.from(target),
        prediction: Float32Array.from(prediction),
        ...(weights === null ? {} : { weights: Float32Array.from(weights) }),
      })
    }
    expectNear([metric.result()], [result])
  })

  it('are all held', () => {
    expect(namesOf(numbers.metrics)).toEqual(new Set(METRIC_CLASSES))
  })
})

describe('schedules', () => {
  it.each(titled(numbers.schedules))('%s', (_, { schedule, rates }) => {
    const read = readSchedule(schedule, 'optimizer SGD')
    expectNear(
      rates.map((_rate, step) => read(step)),
      rates,
      1e-6,
    )
  })

  it('are all held', () => {
    expect(namesOf(numbers.schedules)).toEqual(new Set(SCHEDULE_CLASSES))
  })
})

describe('optimizers', () => {
  const named = titled(numbers.optimizers)

  function begin(
    { name, config, initial }: OptimizerCase,
    state?: OptimizerState,
  ): { readonly weights: readonly OptimizedWeight[]; readonly optimizer: Optimizer } {
    const weights = Object.entries(initial).map(([path, value]) => ({
      name: path,
      variable: tf.variable(tensorOf(value)),
    }))
    return { weights, optimizer: readOptimizer({ name, config, named: false }).create(weights, state) }
  }

  /** Rows of the looked-up table stay apart, as TensorFlow leaves them. */
  function gradientsOf(step: OptimizerStep, weights: readonly OptimizedWeight[], scale = 1): Map<Variable, Gradient> {
    return new Map(
      weights.map(({ name, variable }) => {
        const dense = step.gradients[name]
        if (dense !== undefined) return [variable, Gradient.dense(tf.mul(tf.tensor(dense, variable.shape), scale))]
        const part = { indices: tf.tensor1d(step.indices, 'int32'), rows: tf.mul(tf.tensor(step.rows, [4, 2]), scale) }
        const lookup = Gradient.lookup([part], variable.shape)
        return [variable, step.merged ? Gradient.dense(lookup.sum()) : lookup]
      }),
    )
  }

  function step({ weights, optimizer }: ReturnType<typeof begin>, steps: readonly OptimizerStep[], scale = 1): void {
    for (const one of steps) optimizer.apply(gradientsOf(one, weights, scale))
  }

  it.each(named)('%s: step by step', async (_, facts) => {
    const run = begin(facts)
    const { weights, optimizer } = run
    for (const expected of facts.steps) {
      step(run, [expected], optimizer.lossScale)
      for (const { name, variable } of weights) expectNear(variable.dataSync(), expected.weights[name] ?? [], 1e-4)
    }
    const { steps, learningRate, slots } = await optimizer.state()
    const rate = learningRate === undefined ? [] : [[learningRate]]
    const state = [[steps], ...rate, ...slots]
    expect(state).toHaveLength(facts.state.length)
    facts.state.forEach((values, index) => {
      expectNear(state[index] ?? [], [values].flat(), 1e-4)
    })
    optimizer.finish()
    for (const { name, variable } of weights) expectNear(variable.dataSync(), facts.final[name] ?? [], 1e-4)
  })

  it.each(named)('%s: goes on from its state, bit for bit', async (_, facts) => {
    const whole = begin(facts)
    const first = begin(facts)
    step(whole, facts.steps)
    step(first, facts.steps.slice(0, 3))
    const initial = Object.fromEntries(
      first.weights.map(({ name, variable }) => [name, { shape: variable.shape, values: [...variable.dataSync()] }]),
    )
    const second = begin({ ...facts, initial }, await first.optimizer.state())
    step(second, facts.steps.slice(3))
    second.weights.forEach(({ variable }, index) => {
      expect(variable.dataSync()).toEqual(whole.weights[index]?.variable.dataSync())
    })
    expect(await second.optimizer.state()).toEqual(await whole.optimizer.state())
  })

  it('are all held', () => {
    expect(namesOf(numbers.optimizers)).toEqual(new Set(OPTIMIZER_CLASSES))
  })
})

describe('regularizers', () => {
  it.each(titled(numbers.regularizers))('%s', (_, { rule, weight, result }) => {
    const penalty = new ConfigReader({ rule }, 'layer').regularizer('rule')
    expectNear(penalty?.of(tensorOf(weight)).dataSync() ?? [], [result])
  })
})

describe('constraints', () => {
  it.each(titled(numbers.constraints))('%s', (_, { rule, weight, result }) => {
    const constraint = new ConfigReader({ rule }, 'layer').constraint('rule')
    expectNear(constraint?.(tensorOf(weight)).dataSync() ?? [], result)
  })
})
