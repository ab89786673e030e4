/** One step of training or evaluation on the loaded tfjs backend. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Random } from '../random.ts'
import type { RowBatch } from '../row-source.ts'
import { inputTensors, targetTensors } from './batch-tensors.ts'
import { forward, newPass, penalties, uploadWeights, type LiveWeights } from './forward.ts'
import type { Pass } from './layer.ts'
import type { KerasModel, ModelWeight } from './model.ts'
import { Gradient } from './optimizers/gradient.ts'

/** What a step gives back. */
export interface StepResult {
  /** The batch's loss, all outputs' with their weights, penalties of the model's weights included. */
  readonly loss: number
  /** The loss of each output by itself, unweighted. */
  readonly losses: readonly number[]
  /** The model's outputs, row-major; in a training step, those before its update. */
  readonly predictions: readonly Float32Array[]
}

/**
 * A model made ready to be trained, one batch at a time. The seam between a model and an engine: another engine is
 * another way to make one of these.
 */
export interface TrainingStep {
  train(batch: RowBatch, rows: number): Promise<StepResult>
  evaluate(batch: RowBatch, rows: number): Promise<StepResult>
  /** The numbers of every weight as they are now. */
  weights(): Promise<ReadonlyMap<ModelWeight, Float32Array>>
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
  const trainable = [...weights].flatMap(([weight, variable]) => (weight.spec.trainable ? [variable] : []))
  const optimizer = model.compile.optimizer.create(trainable, model.optimizerState)

  return {
    async train(batch, rows) {
      const pass = newPass(true, random)
      let aside: Evaluation = { losses: [], outputs: [] }
      const evaluate = (): Scalar => {
        const { loss, losses, outputs } = lossOf(model, weights, { batch, rows }, pass)
        const keep = <Kept extends Tensor>(tensor: Kept): Kept => tf.keep(tensor.clone())
        aside = { losses: losses.map(keep), outputs: outputs.map(keep) }
        return loss
      }
      const { loss, gradients } = takeGradients(evaluate, trainable)
      tf.tidy(() => {
        optimizer.apply(withLookups(gradients, weights, pass))
      })
      const result = await readResult({ loss, ...aside })
      const lookups = [...pass.sparseGradients.values()].flat().flatMap((part) => [part.indices, part.rows])
      tf.dispose([loss, ...gradients.values(), ...aside.losses, ...aside.outputs, ...lookups])
      return result
    },
    async evaluate(batch, rows) {
      const evaluated = tf.tidy(() => {
        const { loss, losses, outputs } = lossOf(model, weights, { batch, rows }, newPass(false, random))
        return { loss, losses: [...losses], outputs: [...outputs] }
      })
      const result = await readResult(evaluated)
      tf.dispose([evaluated.loss, ...evaluated.losses, ...evaluated.outputs])
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
    dispose() {
      optimizer.dispose()
      tf.dispose([...weights.values()])
    },
  }
}

/** What a pass gives beside its loss. */
interface Evaluation {
  readonly losses: readonly Scalar[]
  readonly outputs: readonly Tensor[]
}

function lossOf(
  model: KerasModel,
  weights: LiveWeights,
  { batch, rows }: { readonly batch: RowBatch; readonly rows: number },
  pass: Pass,
): Evaluation & { readonly loss: Scalar } {
  const predictions = forward(model, weights, inputTensors(model, batch.inputs, rows), pass)
  const targets = targetTensors(model, batch.targets, rows)
  const parts = model.compile.losses.map(({ loss, weight }, index) => {
    const [target, prediction] = [targets[index], predictions[index]]
    if (target === undefined || prediction === undefined) throw new TypeError(`model: there is no output ${index}`)
    const value = loss.compute(target, prediction)
    return { value, weighted: weight === undefined ? value : tf.mul<Scalar>(value, weight) }
  })
  return {
    loss: tf.addN<Scalar>([...parts.map(({ weighted }) => weighted), ...penalties(weights)]),
    losses: parts.map(({ value }) => value),
    outputs: predictions.map(({ output }) => output),
  }
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

async function readResult({ loss, losses, outputs }: Evaluation & { readonly loss: Scalar }): Promise<StepResult> {
  const number = async (scalar: Scalar): Promise<number> => (await scalar.data<'float32'>())[0] ?? Number.NaN
  const numbers = async (output: Tensor): Promise<Float32Array> => Float32Array.from(await output.data<'float32'>())
  return {
    loss: await number(loss),
    losses: await Promise.all(losses.map(number)),
    predictions: await Promise.all(outputs.map(numbers)),
  }
}
