/** Shapes: whether model, definition and data agree. @module */

import { TrainingError } from '@aibomgen/core'

import type { OpenShape } from '../documents/model-summary.ts'

/** What the three say about a row's inputs, or about its outputs; all without the row axis. */
export interface StatedShapes {
  /** `null` where the model takes any size. */
  readonly model: OpenShape
  readonly definition: readonly number[]
  /** How many numbers a row of the data has. */
  readonly data: number
}

/** How many numbers a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/**
 * Refuses shapes that do not agree: the definition's must be the model's, and hold as many numbers as the data have.
 *
 * @throws TrainingError `SHAPE_MISMATCH`, naming what all three say
 */
export function assertShapesAgree(what: string, { model, definition, data }: StatedShapes): void {
  const fitsModel =
    model.length === definition.length && model.every((size, axis) => size === null || size === definition[axis])
  if (fitsModel && sizeOf(definition) === data) return
  const expected = `${spell(model)}, as the model has`
  const got = `${spell(definition)} in the definition and ${data} per row in the data`
  throw new TrainingError('SHAPE_MISMATCH', `${what}: expected ${expected}, got ${got}`, { what, expected, got })
}

function spell(shape: OpenShape): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`
}
