/** Small facts about shapes that layers share. @module */

import type { ConfigReader } from './config-reader.ts'
import type { Shape } from './layer.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'

/** How many numbers a shape holds. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dimension) => size * dimension, 1)
}

/** Whether two shapes are the same. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((dimension, axis) => dimension === right[axis])
}

/** The one input of a layer that takes one, with the number of axes it must have (row axis not counted). */
export function onlyInput(inputs: readonly Shape[], config: ConfigReader, rank?: number): Shape {
  const [shape, ...others] = inputs
  if (shape === undefined || others.length > 0) {
    throw modelInvalid(`${config.where}: expected one input, got ${inputs.length}`)
  }
  if (rank !== undefined && shape.length !== rank) {
    throw modelInvalid(`${config.where}: expected an input of ${rank + 1} axes, got ${shape.length + 1}`)
  }
  return shape
}

/** The size of the last axis. */
export function lastOf(shape: Shape, config: ConfigReader): number {
  const last = shape.at(-1)
  if (last === undefined) throw modelInvalid(`${config.where}: expected an input with a feature axis`)
  return last
}

/** Reads `data_format`, of which only `channels_last` is taken. */
export function assertChannelsLast(config: ConfigReader): void {
  config.oneOf('data_format', ['channels_last'])
}

/** An axis counted from the front, row axis included; the row axis itself is refused. */
export function featureAxis(axis: number, shape: Shape, config: ConfigReader): number {
  const rank = shape.length + 1
  const positive = axis < 0 ? axis + rank : axis
  if (positive < 1 || positive >= rank) throw modelUnsupported('option', `axis=${axis}`, config.where)
  return positive
}

/** Length of a convolved or pooled axis. */
export function slidingLength(
  length: number,
  window: { readonly size: number; readonly stride: number; readonly dilation: number; readonly padding: string },
  config: ConfigReader,
): number {
  const covered = (window.size - 1) * window.dilation + 1
  const positions = window.padding === 'valid' ? length - covered + 1 : length
  if (positions < 1) throw modelInvalid(`${config.where}: a window of ${covered} does not fit an axis of ${length}`)
  return Math.ceil(positions / window.stride)
}
