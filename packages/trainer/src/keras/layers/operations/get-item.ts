/** `x[:, 0]`, `x[:, 1:3, ::2]`, `x[..., -1]`: a part of each row. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import { isJsonObject, textOf } from '../../config-reader.ts'
import { firstOf, type CallArguments, type LayerFactory, type Shape } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'

/** What is taken of one axis: every `step`th from `start` to before `stop`. One that a number picked is gone after. */
interface Selection {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly isDropped: boolean
}

/** `keras.src.ops.numpy.GetItem`, whose key leaves the rows whole. */
export const getItem: LayerFactory = (config) => ({
  weights: [],
  outputShape([shape = []], given) {
    return selectionsOf(given, shape, config.where).flatMap(({ start, stop, step, isDropped }) =>
      isDropped ? [] : [Math.ceil((stop - start) / step)],
    )
  },
  call(tensors, _weights, _pass, given) {
    const input = firstOf(tensors)
    const parts = selectionsOf(given, input.shape.slice(1), config.where)
    const taken = tf.stridedSlice(
      input,
      [0, ...parts.map(({ start }) => start)],
      [input.shape[0] ?? 0, ...parts.map(({ stop }) => stop)],
      [1, ...parts.map(({ step }) => step)],
    )
    const dropped = parts.flatMap(({ isDropped }, index) => (isDropped ? [index + 1] : []))
    return dropped.length === 0 ? taken : tf.squeeze(taken, dropped)
  },
})

function selectionsOf(given: CallArguments<unknown>, shape: Shape, where: string): readonly Selection[] {
  const key = given.options.key
  const [rows, ...parts] = expandEllipsis(Array.isArray(key) ? key : [key ?? null], shape.length + 1, where)
  if (rows === undefined || !isWholeSlice(rows)) throw modelUnsupported('call argument', 'key that picks rows', where)
  return shape.map((size, index) => {
    const part = parts[index] ?? WHOLE
    return typeof part === 'number' ? indexed(part, size, where) : sliced(part, size, where)
  })
}

const WHOLE: JsonValue = { class_name: '__slice__', config: { start: null, stop: null, step: null } }

/** The key with one part for each axis that it speaks of: `...` stands for as many whole ones as are missing. */
function expandEllipsis(key: readonly JsonValue[], rank: number, where: string): readonly JsonValue[] {
  const isEllipsis = (part: JsonValue): boolean => isJsonObject(part) && part.class_name === '__ellipsis__'
  const at = key.findIndex(isEllipsis)
  if (key.length - (at < 0 ? 0 : 1) > rank) throw modelInvalid(`${where}: expected at most ${rank} indices`)
  if (at < 0) return key
  const missing = Array.from({ length: rank - key.length + 1 }, () => WHOLE)
  return [...key.slice(0, at), ...missing, ...key.slice(at + 1)]
}

function isWholeSlice(part: JsonValue): boolean {
  return isJsonObject(part) && isJsonObject(part.config) && Object.values(part.config).every((bound) => bound === null)
}

function indexed(index: number, size: number, where: string): Selection {
  const start = index < 0 ? index + size : index
  if (!Number.isSafeInteger(start) || start < 0 || start >= size) {
    throw modelInvalid(`${where}: expected an index within ${size}, got ${index}`)
  }
  return { start, stop: start + 1, step: 1, isDropped: true }
}

/** Python's own rule (`slice.indices`), for steps forward. */
function sliced(part: JsonValue, size: number, where: string): Selection {
  if (!isJsonObject(part) || part.class_name !== '__slice__' || !isJsonObject(part.config)) {
    throw modelUnsupported('call argument', `key with ${textOf(part)}`, where)
  }
  const bounds = part.config
  const bound = (name: string, otherwise: number): number => {
    const value = bounds[name] ?? otherwise
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    throw modelUnsupported('call argument', `key with ${name} ${textOf(value)}`, where)
  }
  const step = bound('step', 1)
  if (step < 1) throw modelUnsupported('call argument', `key with step ${step}`, where)
  const within = (index: number): number => Math.min(Math.max(index < 0 ? index + size : index, 0), size)
  const [start, stop] = [within(bound('start', 0)), within(bound('stop', size))]
  if (stop <= start) throw modelInvalid(`${where}: expected a slice that leaves something`)
  return { start, stop, step, isDropped: false }
}
