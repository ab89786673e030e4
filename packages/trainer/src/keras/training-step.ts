/** One step of training or evaluation on the loaded tfjs backend. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Random } from '../random.ts'
import type { RowBatch } from '../row-source.ts'
import { inputTensors, targetTensors } from './batch-tensors.ts'
import { forward, newPass, penalties, uploadWeights, type LiveWeights } from './forward.ts'
import type { Pass } from './layer.ts'
import type { KerasModel, ModelWeight } from './model.ts'
import type { Prediction } from './losses.ts'
import type { MetricBatch } from './metrics.ts'
import type { Optimizer } from './optimizers.ts'
import { Gradient } from './optimizers/gradient.ts'
import { trainedWeights } from './trained-weights.ts'

/** What a step gives back. */
export interface StepResult {
  /** The batch's loss, all outputs' with their weights, penalties of the model's weights included. */
  readonly loss: number
  /** The loss of each output by itself, unweighted. */
  readonly losses: readonly number[]
  /** The model's outputs; in a training step, those before its update. */
  readonly outputs: readonly StepOutput[]
}

/** One output of a model for one batch, row-major, as metrics take it. */
export type StepOutput = Pick<MetricBatch, 'prediction' | 'logits' | 'mask'>

/** Rows of a step. */
export interface StepRows {
  readonly rows: number
  /** What each row counts in the loss; absent where all count the same. */
  readonly weights?: Float32Array
}

/**
 * A model made ready to be trained, one batch at a time. The seam between a model and an engine: another engine is
 * another way to make one of these.
 */
export interface TrainingStep {
  train(batch: RowBatch, rows: StepRows): Promise<StepResult>
  evaluate(batch: RowBatch, rows: StepRows): Promise<StepResult>
  /** The numbers of every weight as they are now. */
  weights(): Promise<ReadonlyMap<ModelWeight, Float32Array>>
  /** Puts numbers that `weights` gave back in their place. */
  setWeights(values: ReadonlyMap<ModelWeight, Float32Array>): void
  readonly optimizer: Pick<Optimizer, 'learningRate' | 'setLearningRate' | 'finish' | 'state'>
  /** Frees everything the step holds. */
  dispose(): void
}

/**
 * A step for a model, with its own copy of the weights and a fresh optimizer, on the backend that `loadBackend` loaded.
 *
 * @param random - where dropout masks come from
 */
export function createTrainingStep(model: KerasModel, random: Random): TrainingStep {
  const weights = uploadWeights(model)
  const optimized = trainedWeights(model).flatMap(({ weight, name }) => {
    const variable = weights.get(weight)
    const { constraint } = weight.spec
    return variable === undefined ? [] : [{ name, variable, ...(constraint === undefined ? {} : { constraint }) }]
  })
  const trainable = optimized.map(({ variable }) => variable)
  const optimizer = model.compile.optimizer.create(optimized, model.optimizerState)

  return {
    async train(batch, rows) {
      const pass = newPass(true, random)
      const kept: Evaluation[] = []
      const evaluate = (): Scalar => {
        const evaluation = lossOf(model, weights, { batch, ...rows }, pass)
        kept.push(keep(evaluation))
        const { lossScale } = optimizer
        return lossScale === undefined ? evaluation.loss : tf.mul<Scalar>(evaluation.loss, lossScale)
      }
      const { loss, gradients } = takeGradients(evaluate, trainable)
      if (trainable.length > 0) {
        tf.tidy(() => {
          optimizer.apply(withLookups(gradients, weights, pass))
        })
      }
      const evaluation = only(kept)
      const result = await readResult(evaluation)
      const lookups = [...pass.sparseGradients.values()].flat().flatMap((part) => [part.indices, part.rows])
      tf.dispose([loss, ...gradients.values(), ...tensorsOf(evaluation), ...lookups])
      return result
    },
    async evaluate(batch, rows) {
      const evaluation = evaluateOnce(() => lossOf(model, weights, { batch, ...rows }, newPass(false, random)))
      const result = await readResult(evaluation)
      tf.dispose([...tensorsOf(evaluation)])
      return result
    },
    async weights() {
      // One after the other: a graphics card gives nothing back at once.
      const numbers = new Map<ModelWeight, Float32Array>()
      for (const [weight, variable] of weights) {
        if (weight.spec.dtype === 'float32') numbers.set(weight, Float32Array.from(await variable.data<'float32'>()))
      }
      return numbers
    },
    setWeights(values) {
      for (const [weight, variable] of weights) {
        const given = values.get(weight)
        if (given !== undefined) tf.tidy(() => void variable.assign(tf.tensor(given, variable.shape)))
      }
    },
    optimizer,
    dispose() {
      optimizer.dispose()
      tf.dispose([...weights.values()])
    },
  }
}

/** What a pass comes to, on the backend. */
interface Evaluation {
  readonly loss: Scalar
  readonly losses: readonly Scalar[]
  readonly outputs: readonly Prediction[]
}

function lossOf(
  model: KerasModel,
  weights: LiveWeights,
  { batch, rows, weights: counts }: StepRows & { readonly batch: RowBatch },
  pass: Pass,
): Evaluation {
  const predictions = forward(model, weights, inputTensors(model, batch.inputs, rows), pass)
  const targets = targetTensors(model, batch.targets, rows)
  const rowWeights = counts === undefined ? undefined : tf.tensor(counts, [rows])
  const parts = model.compile.losses.map(({ loss, weight }, index) => {
    const [target, prediction] = [targets[index], predictions[index]]
    if (target === undefined || prediction === undefined) throw new TypeError(`model: there is no output ${index}`)
    const value = loss.compute(target, prediction, rowWeights)
    return { value, weighted: weight === undefined ? value : tf.mul<Scalar>(value, weight) }
  })
  return {
    loss: tf.addN<Scalar>([...parts.map(({ weighted }) => weighted), ...penalties(weights), ...pass.penalties]),
    losses: parts.map(({ value }) => value),
    outputs: predictions.map((prediction, index) => ({
      ...prediction,
      logits: readsLogits(model, index) ? prediction.logits : undefined,
    })),
  }
}

function readsLogits(model: KerasModel, output: number): boolean {
  return model.compile.metrics.some((metric) => metric.output === output && metric.readsLogits)
}

/** An evaluation whose tensors outlive it. */
function evaluateOnce(evaluate: () => Evaluation): Evaluation {
  const kept: Evaluation[] = []
  tf.tidy(() => {
    kept.push(keep(evaluate()))
  })
  return only(kept)
}

function only(evaluations: readonly Evaluation[]): Evaluation {
  const [evaluation] = evaluations
  if (evaluation === undefined) throw new TypeError('training: a step without a loss')
  return evaluation
}

/** The same tensors, out of reach of the tidy they were made in. */
function keep({ loss, losses, outputs }: Evaluation): Evaluation {
  const kept = <Kept extends Tensor>(tensor: Kept): Kept => tf.keep(tensor.clone())
  return {
    loss: kept(loss),
    losses: losses.map(kept),
    outputs: outputs.map(({ output, logits, mask }) => ({
      output: kept(output),
      logits: logits === undefined ? undefined : kept(logits),
      mask: mask === undefined ? undefined : kept(mask),
    })),
  }
}

function tensorsOf({ loss, losses, outputs }: Evaluation): readonly Tensor[] {
  return [loss, ...losses, ...outputs.flatMap(({ output, logits, mask }) => [output, logits ?? [], mask ?? []].flat())]
}

/** A model without a trainable weight is still run: its loss is worth knowing. */
function takeGradients(
  evaluate: () => Scalar,
  variables: readonly Variable[],
): { readonly loss: Scalar; readonly gradients: ReadonlyMap<Variable, Tensor> } {
  if (variables.length === 0) return { loss: tf.tidy(evaluate), gradients: new Map() }
  const { value, grads } = tf.variableGrads(evaluate, [...variables])
  const gradients = variables.flatMap((variable): [Variable, Tensor][] => {
    const gradient = grads[variable.name]
    return gradient === undefined ? [] : [[variable, gradient]]
  })
  return { loss: value, gradients: new Map(gradients) }
}

/** Gradients of looked-up tables row by row; TensorFlow adds the rows up where a penalty has its part in one too. */
function withLookups(
  gradients: ReadonlyMap<Variable, Tensor>,
  weights: LiveWeights,
  pass: Pass,
): ReadonlyMap<Variable, Gradient> {
  const penalized = new Set([...weights].flatMap(([{ spec }, variable]) => (spec.regularizer ? [variable] : [])))
  return new Map(
    [...gradients].map(([variable, gradient]) => {
      const lookups = penalized.has(variable) ? undefined : pass.sparseGradients.get(variable)
      return [variable, lookups === undefined ? Gradient.dense(gradient) : Gradient.lookup(lookups, variable.shape)]
    }),
  )
}

async function readResult({ loss, losses, outputs }: Evaluation): Promise<StepResult> {
  const number = async (scalar: Scalar): Promise<number> => (await scalar.data<'float32'>())[0] ?? Number.NaN
  const numbers = async (tensor: Tensor): Promise<Float32Array> => Float32Array.from(await tensor.data())
  return {
    loss: await number(loss),
    losses: await Promise.all(losses.map(number)),
    outputs: await Promise.all(
      outputs.map(async ({ output, logits, mask }) => ({
        prediction: await numbers(output),
        ...(logits === undefined ? {} : { logits: await numbers(logits) }),
        ...(mask === undefined ? {} : { mask: await numbers(mask) }),
      })),
    ),
  }
}
