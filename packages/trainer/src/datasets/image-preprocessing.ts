/** From an image's pixels to a model's input: what is fitted on the training rows, and then done to every pixel. @module */

import type { ImageDefinition } from '../dataset-definition.ts'
import type { ColumnStatistics } from '../documents/dataset-manifest.ts'
import type { ImageStep } from '../documents/image-preprocessing.ts'
import { datasetError } from './dataset-error.ts'
import type { KeptRow } from './row-file.ts'

/** Keras's and NumPy's habit: keeps a constant channel from dividing by zero. */
const EPSILON = 1e-8

/** ImageNet's, as Keras has them: red, green, blue for `torch`, blue, green, red for `caffe`. */
const TORCH = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const CAFFE_MEAN = [103.939, 116.779, 123.68]

/**
 * The steps that a definition asks for, in their order: normalize, mode, scale, clip.
 *
 * @param channels - each channel's statistics over the training rows
 * @throws TrainingError `DATASET_INVALID` for a channel that minmax cannot be fitted on
 */
export function fitImageSteps(
  { normalize, mode, scale, clip }: ImageDefinition['preprocessing'],
  channels: readonly ColumnStatistics[],
): readonly ImageStep[] {
  return [
    ...(normalize === undefined ? [] : [fitNormalization(normalize, channels)]),
    ...(mode === undefined ? [] : [{ step: 'mode', mode } as const]),
    ...(scale === undefined ? [] : [{ step: 'scale', factor: scale } as const]),
    ...(clip === undefined ? [] : [{ step: 'clip', min: clip[0], max: clip[1] } as const]),
  ]
}

/** Puts an image's values, prepared, into `into` from `offset` on. */
export type PreparePixels = (values: KeptRow, into: Float32Array, offset: number) => void

/**
 * What the steps do to the pixels of an image of so many channels. Computed in float64, kept as float32.
 *
 * @throws TrainingError `DATASET_INVALID` where some value from 0 to 255 would leave float32
 */
export function createPixelPreparation(steps: readonly ImageStep[], channels: number): PreparePixels {
  const isTurned = steps.some((step) => step.step === 'mode' && step.mode === 'caffe')
  const prepared = Array.from({ length: channels }, (_, to) => {
    const from = isTurned ? channels - 1 - to : to
    return { from, apply: chain(steps.map((step) => stepFor(step, from, to))) }
  })
  // A pixel that is a byte can have 256 values: each is worked out once.
  const tables = prepared.map(({ apply }) => Float32Array.from({ length: 256 }, (_, value) => apply(value)))
  // All steps are monotonic, so what the ends stay within, all do.
  for (const table of tables) {
    const wrong = [table[0], table[255]].find((value) => !Number.isFinite(value))
    if (wrong !== undefined) throw datasetError(`expected pixels within float32 after preprocessing, got ${wrong}`)
  }
  return (values, into, offset) => {
    for (const [to, { from, apply }] of prepared.entries()) {
      if (values instanceof Uint8Array) {
        const table = tables[to] ?? new Float32Array(256)
        for (let at = 0; at < values.length; at += channels) into[offset + at + to] = table[values[at + from] ?? 0] ?? 0
      } else {
        for (let at = 0; at < values.length; at += channels) into[offset + at + to] = apply(values[at + from] ?? 0)
      }
    }
  }
}

function fitNormalization(normalize: 'standardize' | 'minmax', channels: readonly ColumnStatistics[]): ImageStep {
  if (normalize === 'standardize') {
    return {
      step: 'standardize',
      mean: channels.map(({ mean }) => mean),
      std: channels.map(({ std }) => std),
      epsilon: EPSILON,
    }
  }
  for (const [channel, { min, max }] of channels.entries()) {
    if (min !== max) continue
    throw datasetError(
      `minmax needs two different values in channel ${channel + 1} of the training rows, got ${min} alone`,
    )
  }
  return { step: 'minmax', min: channels.map(({ min }) => min), max: channels.map(({ max }) => max) }
}

type Transform = (value: number) => number

function chain(transforms: readonly Transform[]): Transform {
  return (value) => transforms.reduce((current, transform) => transform(current), value)
}

/** What a step does to the values of a channel that is `from` in the image, and `to` in the model's input. */
function stepFor(step: ImageStep, from: number, to: number): Transform {
  switch (step.step) {
    case 'standardize': {
      const mean = step.mean[from] ?? 0
      const divisor = (step.std[from] ?? 1) + step.epsilon
      return (value) => (value - mean) / divisor
    }
    case 'minmax': {
      const min = step.min[from] ?? 0
      const range = (step.max[from] ?? 1) - min
      return (value) => (value - min) / range
    }
    case 'scale':
      return (value) => value * step.factor
    case 'clip':
      return (value) => Math.min(Math.max(value, step.min), step.max)
    case 'mode':
      return modeFor(step.mode, to)
  }
}

function modeFor(mode: 'caffe' | 'tf' | 'torch', to: number): Transform {
  switch (mode) {
    case 'tf':
      return (value) => value / 127.5 - 1
    case 'torch': {
      const [mean = 0, std = 1] = [TORCH.mean[to], TORCH.std[to]]
      return (value) => (value / 255 - mean) / std
    }
    case 'caffe': {
      const mean = CAFFE_MEAN[to] ?? 0
      return (value) => value - mean
    }
  }
}
