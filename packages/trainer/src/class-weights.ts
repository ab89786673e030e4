/** Class weights: from classes as the data spell them to what each row counts. @module */

import { ParseError, type Problem } from '@aibomgen/core'

import type { FitOptions } from './fit-options.ts'
import type { KerasModel } from './keras/model.ts'
import type { ClassWeights } from './structured-parameters.ts'

const PARAMETER = 'class_weight'

/**
 * What each class counts, by class number; classes not named count 1.
 *
 * @param classes - in the order of their numbers; undefined where the label has none
 * @throws ParseError `PARAMETER_INVALID` for a class that the data do not have, or a label that has none
 */
export function numberClassWeights(
  weights: ClassWeights,
  classes: readonly (string | number)[] | undefined,
): readonly number[] {
  if (classes === undefined)
    throw invalid([{ path: PARAMETER, expected: 'none, as the label has no classes', got: 'an object' }])
  const names = classes.map(String)
  const unknown = Object.keys(weights).filter((name) => !names.includes(name))
  const shown = names.length > 20 ? `${names.slice(0, 20).join(', ')} …` : names.join(', ')
  if (unknown.length > 0) {
    throw invalid(
      unknown.map((name) => ({ path: `${PARAMETER}.${name}`, expected: `a class of the data (${shown})`, got: name })),
    )
  }
  return names.map((name) => weights[name] ?? 1)
}

/**
 * Keras weighs classes where there is one output, of one answer a row.
 *
 * @throws ParseError `PARAMETER_INVALID`
 */
export function assertClassWeights({ outputs }: KerasModel, { classWeights }: FitOptions): void {
  const [output, ...others] = outputs
  if (classWeights === undefined || (others.length === 0 && (output?.shape.length ?? 0) <= 1)) return
  throw invalid([
    {
      path: PARAMETER,
      expected: 'none, as the model gives more than one answer a row',
      got: `${classWeights.length} weights`,
    },
  ])
}

/** What each row counts: as its class, be it a number or where the largest of its targets stands. */
export function weighRows(
  target: Float32Array | undefined,
  rows: number,
  classWeights: readonly number[] | undefined,
): Float32Array | undefined {
  if (target === undefined || classWeights === undefined) return undefined
  const width = target.length / rows
  return Float32Array.from({ length: rows }, (_, row) => {
    const own = target.subarray(row * width, (row + 1) * width)
    const number = width === 1 ? Math.round(own[0] ?? 0) : own.indexOf(Math.max(...own))
    return classWeights[number] ?? 1
  })
}

function invalid(problems: readonly Problem[]): ParseError<'PARAMETER_INVALID'> {
  const lines = problems.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`)
  return new ParseError('PARAMETER_INVALID', `training parameters: ${lines.join('; ')}`, {
    document: 'training parameters',
    problems: [...problems],
  })
}
