/** MultiHeadAttention and GroupQueryAttention. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import type { CallArguments, Layer, LayerContext, LayerFactory, Shape, TensorArguments, WeightSpec } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { sizeOf } from '../shapes.ts'
import { attend, both, causalMask, windowMask } from './attention-scores.ts'
import { readRate } from './dropout.ts'
import { learnedWeight } from './learned-weight.ts'

/** `keras.layers.MultiHeadAttention`, over one axis or several. */
export const multiHeadAttention: LayerFactory = (config, inputs, trainable, context) => {
  const heads = config.positiveInteger('num_heads')
  const keyWidth = config.positiveInteger('key_dim')
  const valueWidth = config.value('value_dim') === undefined ? keyWidth : config.positiveInteger('value_dim')
  const query = queryOf(inputs, config)
  const rank = query.length
  const axes = (config.integers('attention_axes') ?? Array.from({ length: rank - 1 }, (_, axis) => axis + 1)).map(
    (axis) => (axis < 0 ? axis + rank + 1 : axis),
  )
  if (axes.some((axis) => axis < 1 || axis >= rank)) throw modelUnsupported('option', 'attention_axes', config.where)
  const asked = config.integers('output_shape')
  return headed(
    config,
    { inputs, trainable, context },
    {
      heads,
      keyHeads: heads,
      keyWidth,
      valueWidth,
      axes,
      output: asked === undefined || asked.length === 0 ? query.slice(-1) : asked,
      names: ['query_dense', 'key_dense', 'value_dense', 'output_dense'],
      ownsMasks: true,
    },
  )
}

/** `keras.layers.GroupQueryAttention`: several heads of queries share a head of keys and values. */
export const groupQueryAttention: LayerFactory = (config, inputs, trainable, context) => {
  const heads = config.positiveInteger('num_query_heads')
  const keyHeads = config.positiveInteger('num_key_value_heads')
  const width = config.positiveInteger('head_dim')
  if (heads % keyHeads !== 0) throw modelInvalid(`${config.where}: ${heads} heads cannot share ${keyHeads}`)
  const query = queryOf(inputs, config)
  if (query.length !== 2) throw modelInvalid(`${config.where}: expected a query of 3 axes`)
  return headed(
    config,
    { inputs, trainable, context },
    {
      heads,
      keyHeads,
      keyWidth: width,
      valueWidth: width,
      axes: [1],
      output: query.slice(-1),
      names: ['_query_dense', '_key_dense', '_value_dense', '_output_dense'],
      ownsMasks: false,
    },
  )
}

interface Heads {
  readonly heads: number
  readonly keyHeads: number
  readonly keyWidth: number
  readonly valueWidth: number
  /** Axes along which positions look at each other; the others are looked at one by one. */
  readonly axes: readonly number[]
  readonly output: Shape
  /** Groups of the archive, for query, key, value and output. */
  readonly names: readonly [string, string, string, string]
  /** Whether it gives on the query's mask, and takes all masks off what it was given (`MultiHeadAttention.call`). */
  readonly ownsMasks: boolean
}

interface Made {
  readonly inputs: readonly Shape[]
  readonly trainable: boolean
  readonly context: LayerContext
}

function headed(config: ConfigReader, { inputs, trainable, context }: Made, heads: Heads): Layer {
  const { query, key, value } = shapesOf(inputs, context.given, config)
  const useBias = config.boolean('use_bias', true)
  const gated = config.boolean('use_gate', false)
  const dropout = readRate(config, 'dropout', 0)
  const window = config.value('sliding_window') === undefined ? undefined : config.positiveInteger('sliding_window')
  config.ignore('seed')
  if (!useBias) config.ignore('bias_regularizer', 'bias_constraint')
  if (config.value('activity_regularizer') !== undefined) {
    throw modelUnsupported('option', 'activity_regularizer', config.where, 'Keras counts it in each of the parts')
  }
  const projection = (group: string, kernel: Shape, bias: Shape): readonly WeightSpec[] => [
    { ...learnedWeight(config, { name: 'kernel', shape: kernel, trainable }), path: `${group}/vars/0` },
    ...(useBias
      ? [{ ...learnedWeight(config, { name: 'bias', shape: bias, trainable }), path: `${group}/vars/1` }]
      : []),
  ]
  const toHeads = (group: string, shape: Shape, count: number, width: number): readonly WeightSpec[] =>
    projection(group, [shape.at(-1) ?? 1, count, width], [count, width])
  const [queryName, keyName, valueName, outputName] = heads.names
  const parts = [
    toHeads(queryName, query, heads.heads, heads.keyWidth),
    toHeads(keyName, key, heads.keyHeads, heads.keyWidth),
    ...(gated ? [toHeads('_gate_dense', query, heads.heads, heads.valueWidth)] : []),
    toHeads(valueName, value, heads.keyHeads, heads.valueWidth),
    projection(outputName, [heads.heads, heads.valueWidth, ...heads.output], heads.output),
  ]
  const outputShape = (shapes: readonly Shape[]): Shape => [...queryOf(shapes, config).slice(0, -1), ...heads.output]
  const perPart = useBias ? 2 : 1

  return {
    weights: parts.flat(),
    takesMasks: heads.ownsMasks,
    outputShape,
    outputShapes(shapes, given) {
      if (given.options.return_attention_scores !== true) return [outputShape(shapes)]
      if (query.length !== 2) throw modelUnsupported('call argument', 'return_attention_scores', config.where)
      const { value: values } = shapesOf(shapes, given, config)
      return [outputShape(shapes), [heads.heads, queryOf(shapes, config)[0] ?? 0, values[0] ?? 0]]
    },
    call(tensors, weights, pass, given) {
      const [from] = tensors
      const [values] = given.tensors.value ?? []
      if (from === undefined || values === undefined) throw new TypeError('attention: called without query and value')
      const keys = given.tensors.key?.[0] ?? values
      const part = (index: number): readonly Tensor[] => weights.slice(index * perPart, (index + 1) * perPart)
      const after = gated ? 1 : 0
      const repeats = heads.heads / heads.keyHeads
      const q = tf.mul(project(from, part(0), 1), 1 / Math.sqrt(heads.keyWidth))
      const k = repeatHeads(project(keys, part(1), 1), repeats)
      const v = repeatHeads(project(values, part(2 + after), 1), repeats)
      const folded = { q: fold(q, heads.axes), k: fold(k, heads.axes), v: fold(v, heads.axes) }
      const mask = maskOf(config, given, { from, values, window, several: from.rank !== 3 })
      const raw = tf.matMul(folded.q, folded.k, false, true)
      const scores =
        mask === undefined ? raw : tf.reshape(raw, [from.shape[0] ?? 0, heads.heads, ...raw.shape.slice(-2)])
      const context = attend(scores, mask === undefined ? folded.v : tf.reshape(folded.v, [from.shape[0] ?? 0, heads.heads, ...folded.v.shape.slice(-2)]), { mask, dropout, pass }) // prettier-ignore
      const apart = unfold(context.output, [...from.shape.slice(0, -1), heads.heads, heads.valueWidth], heads.axes)
      const passed = gated ? tf.mul(apart, tf.sigmoid(project(from, part(2), 1))) : apart
      const output = project(passed, part(3 + after), 2)
      const shown = [from.shape[0] ?? 0, heads.heads, from.shape[1] ?? 0, values.shape[1] ?? 0]
      const wanted = given.options.return_attention_scores === true
      return {
        tensors: wanted ? [output, tf.reshape(context.scores, shown)] : [output],
        masks: heads.ownsMasks ? [given.masks[0]] : [],
      }
    },
  }
}

/** A dense layer over the last `bound` axes. */
function project(input: Tensor, [kernel, bias]: readonly Tensor[], bound: number): Tensor {
  if (kernel === undefined) throw new TypeError('attention: a kernel is missing')
  const outer = kernel.shape.slice(bound)
  const product = tf.matMul(
    tf.reshape(input, [-1, sizeOf(kernel.shape.slice(0, bound))]),
    tf.reshape(kernel, [sizeOf(kernel.shape.slice(0, bound)), sizeOf(outer)]),
  )
  const sum = bias === undefined ? product : tf.add(product, tf.reshape(bias, [-1]))
  return tf.reshape(sum, [...input.shape.slice(0, input.rank - bound), ...outer])
}

/** Each head of [rows, S, heads, width] several times in a row. */
function repeatHeads(tensor: Tensor, times: number): Tensor {
  if (times === 1) return tensor
  const [rows = 0, length = 0, heads = 0, width = 0] = tensor.shape
  const repeated = tf.tile(tf.reshape(tensor, [rows * length, heads, 1, width]), [1, 1, times, 1])
  return tf.reshape(repeated, [rows, length, heads * times, width])
}

/** The axes in the order: rows, those looked at one by one, heads, those that look at each other, width. */
function foldOrder(rank: number, axes: readonly number[]): readonly number[] {
  const apart = Array.from({ length: rank - 3 }, (_, axis) => axis + 1).filter((axis) => !axes.includes(axis))
  return [0, ...apart, rank - 2, ...axes, rank - 1]
}

/** [rows, …, heads, width] to [rows · … · heads, positions, width]. */
function fold(tensor: Tensor, axes: readonly number[]): Tensor {
  const positions = sizeOf(axes.map((axis) => tensor.shape[axis] ?? 1))
  const turned = tf.transpose(tensor, [...foldOrder(tensor.rank, axes)])
  return tf.reshape(turned, [-1, positions, tensor.shape.at(-1) ?? 1])
}

/** And back, to a shape. */
function unfold(tensor: Tensor, shape: readonly number[], axes: readonly number[]): Tensor {
  const order = foldOrder(shape.length, axes)
  const turned = tf.reshape(
    tensor,
    order.map((axis) => shape[axis] ?? 1),
  )
  return tf.transpose(
    turned,
    shape.map((_, axis) => order.indexOf(axis)),
  )
}

/** [rows or 1, heads or 1, T, S]: what padding, causality, a window and the call's own mask show. */
function maskOf(
  config: ConfigReader,
  { masks, otherMasks, tensors, options }: TensorArguments,
  facts: {
    readonly from: Tensor
    readonly values: Tensor
    readonly window: number | undefined
    readonly several: boolean
  },
): Tensor | undefined {
  const { from, values, window, several } = facts
  const [queries, keys] = [from.shape[1] ?? 0, values.shape[1] ?? 0]
  const along = (mask: Tensor | undefined, axis: number): Tensor | undefined =>
    mask === undefined ? undefined : tf.expandDims(tf.cast(mask, 'float32'), axis)
  const shown = [
    along(masks[0], -1),
    along(tensors.value_mask?.[0] ?? otherMasks.value?.[0], 1),
    along(tensors.key_mask?.[0] ?? otherMasks.key?.[0], 1),
    options.use_causal_mask === true ? causalMask(queries, keys) : undefined,
    window === undefined ? undefined : windowMask(queries, keys, window),
  ].reduce((first, second) => both(first, second), undefined)
  const own = tensors.attention_mask?.[0]
  if (several && (shown !== undefined || own !== undefined)) {
    throw modelUnsupported('mask', 'of a query of more than 3 axes', config.where)
  }
  const asked = own === undefined ? undefined : tf.cast(own, 'float32')
  return both(
    shown === undefined ? undefined : tf.expandDims(shown, 1),
    asked === undefined || asked.rank === 4 ? asked : tf.expandDims(asked, 1),
  )
}

function queryOf(inputs: readonly Shape[], config: ConfigReader): Shape {
  const [query, ...more] = inputs
  if (query === undefined || more.length > 0 || query.length < 2) {
    throw modelInvalid(`${config.where}: expected one query of at least 3 axes`)
  }
  return query
}

function shapesOf(
  inputs: readonly Shape[],
  { tensors }: CallArguments<Shape>,
  config: ConfigReader,
): { readonly query: Shape; readonly key: Shape; readonly value: Shape } {
  const query = queryOf(inputs, config)
  const [value] = tensors.value ?? []
  const key = tensors.key?.[0] ?? value
  if (value === undefined || key === undefined || value.slice(0, -1).join() !== key.slice(0, -1).join()) {
    throw modelInvalid(`${config.where}: expected value and key of as many positions`)
  }
  if (value.length !== query.length) throw modelInvalid(`${config.where}: query and value have different axes`)
  return { query, key, value }
}
