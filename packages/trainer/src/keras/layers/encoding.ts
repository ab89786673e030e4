/** Layers that make categories of numbers: Discretization, CategoryEncoding, IntegerLookup and Hashing. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'

import type { ConfigReader } from '../config-reader.ts'
import { firstOf, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { onlyInput } from '../shapes.ts'
import type { PlainLayer } from './data-format.ts'

/** `keras.layers.Discretization`: the number of the bin that each number lies in, by boundaries given or adapted. */
export const discretization: LayerFactory = (config) => {
  const boundaries = config.value('bin_boundaries')
  if (!Array.isArray(boundaries)) {
    throw modelUnsupported('option', 'bin_boundaries=null', config.where, 'adapt the layer before saving')
  }
  const bins = Float32Array.from(boundaries, Number)
  config.ignore('num_bins', 'epsilon') // what `adapt` found the boundaries by
  return encoding(config, bins.length + 1, (value) => firstAbove(bins, value))
}

/** `keras.layers.CategoryEncoding`. */
export const categoryEncoding: LayerFactory = (config) => {
  const mode = config.text('output_mode', 'multi_hot')
  if (mode === 'int') throw modelUnsupported('option', 'output_mode=int', config.where)
  return encoding(config, config.positiveInteger('num_tokens'), Math.trunc, 'multi_hot')
}

/** `keras.layers.IntegerLookup` with its vocabulary in the config. */
export const integerLookup: LayerFactory = (config) => {
  const vocabulary = config.value('vocabulary')
  if (!Array.isArray(vocabulary)) {
    throw modelUnsupported('option', 'vocabulary=null', config.where, 'give the vocabulary when making the layer')
  }
  const mode = config.text('output_mode', 'int')
  const maskToken = config.value('mask_token')
  const unknown = config.integer('num_oov_indices', 1)
  const before = maskToken !== undefined && mode === 'int' ? 1 : 0
  if (unknown > 1) config.oneOf('oov_method', ['floormod'])
  config.ignore('oov_token', 'oov_method', 'vocabulary_dtype', 'vocabulary_size', 'max_tokens')
  const special = new Set([maskToken, config.value('oov_token')])
  const given = vocabulary.map(Number)
  const known = given.filter((_, index) => index >= leading(given, special))
  const places = new Map(known.map((token, index) => [token, index + before + unknown]))
  return encoding(config, known.length + before + unknown, (value) => {
    const token = Math.trunc(value)
    if (token === maskToken) return before === 1 ? 0 : (places.get(token) ?? unknownPlace(token))
    return places.get(token) ?? unknownPlace(token)
  })

  function unknownPlace(token: number): number {
    if (unknown === 0) {
      throw new TrainingError('DATASET_INVALID', `${config.where}: ${token} is not in the vocabulary`, {
        reason: `${token} is not in the vocabulary`,
      })
    }
    return before + (unknown === 1 ? 0 : ((token % unknown) + unknown) % unknown)
  }
}

/** `keras.layers.Hashing` of integers, without salt: FarmHash of their digits. */
export const hashing: LayerFactory = (config) => {
  const asked = config.positiveInteger('num_bins')
  const maskValue = config.value('mask_value')
  const masks = maskValue !== undefined && asked > 1
  const bins = masks ? asked - 1 : asked
  return encoding(config, asked, (value) => {
    if (masks && value === maskValue) return 0
    const digits = new TextEncoder().encode(`${Math.trunc(value) || 0}`)
    const hash: unknown = tf.util.fingerPrint64(digits)
    const bin = Number(BigInt(String(hash)) % BigInt(bins))
    return masks ? bin + 1 : bin
  })
}

const MODES = ['int', 'one_hot', 'multi_hot', 'count'] as const

/** A layer that gives each number its category, in the form that `output_mode` asks for. */
function encoding(
  config: ConfigReader,
  depth: number,
  categoryOf: (value: number) => number,
  fallback: (typeof MODES)[number] = 'int',
): PlainLayer {
  const asked = config.text('output_mode', fallback)
  const mode = MODES.find((known) => known === asked)
  if (mode === undefined) throw modelUnsupported('option', `output_mode=${asked}`, config.where)

  return {
    weights: [],
    outputShape(shapes) {
      const shape = onlyInput(shapes, config)
      if (mode === 'int') return shape
      if (mode === 'one_hot') return [...(shape.at(-1) === 1 ? shape.slice(0, -1) : shape), depth]
      if (shape.length !== 1) throw modelInvalid(`${config.where}: expected an input of 2 axes for ${mode}`)
      return [depth]
    },
    call(tensors) {
      const input = firstOf(tensors)
      const categories = Float32Array.from(input.dataSync(), categoryOf)
      if (mode === 'int') return tf.tensor(categories, input.shape)
      const rows = mode === 'one_hot' ? categories.length : (input.shape[0] ?? 0)
      const shape = mode === 'one_hot' ? oneHotShape(input.shape, depth) : [rows, depth]
      return counted(categories, { rows, depth, most: mode === 'count' ? Infinity : 1 }, shape)
    },
  }
}

function oneHotShape(shape: Shape, depth: number): number[] {
  return [...(shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape), depth]
}

/** How often each category stands in each row, up to `most`. Those outside the range count for nothing. */
function counted(
  categories: Float32Array,
  { rows, depth, most }: { readonly rows: number; readonly depth: number; readonly most: number },
  shape: number[],
): Tensor {
  const counts = new Float32Array(rows * depth)
  const perRow = categories.length / Math.max(1, rows)
  categories.forEach((category, index) => {
    if (category < 0 || category >= depth) return
    const at = Math.floor(index / perRow) * depth + category
    counts[at] = Math.min(most, (counts[at] ?? 0) + 1)
  })
  return tf.tensor(counts, shape)
}

/** How many boundaries are at or below a number. */
function firstAbove(boundaries: Float32Array, value: number): number {
  const index = boundaries.findIndex((boundary) => boundary > value)
  return index === -1 ? boundaries.length : index
}

/** Mask and unknown token at the front of a vocabulary count as no tokens. */
function leading(vocabulary: readonly number[], special: ReadonlySet<unknown>): number {
  const first = vocabulary.findIndex((token) => !special.has(token))
  return first === -1 ? vocabulary.length : first
}
