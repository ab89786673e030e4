/** Parts that the schemas of preprocessing documents share. @module */

import * as z from 'zod'

import type { LabelKind, PreparationStep, PreparedInputShape } from './preprocessing.ts'

const numbers = z.array(z.number()).max(1_000_000)

/** One step over all inputs. */
export const stepSchema: z.ZodType<PreparationStep> = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('standardize'), mean: numbers, std: numbers, epsilon: z.number() }),
  z.strictObject({ step: z.literal('minmax'), min: numbers, max: numbers }),
  z.strictObject({ step: z.literal('scale'), factor: z.number() }),
  z.strictObject({ step: z.literal('clip'), min: z.number(), max: z.number() }),
])

/** What a loss takes as its target. */
export const labelKindSchema: z.ZodType<LabelKind> = z.enum(['regression', 'binary', 'sparse', 'categorical'])

/** One of several inputs. */
const inputShapeSchema: z.ZodType<PreparedInputShape> = z.strictObject({
  name: z.string().min(1).max(1024),
  shape: z.array(z.int().min(1)).max(16),
})

/** The value of class 0, 1, 2 … */
export const classesSchema: z.ZodType<(string | number)[]> = z
  .array(z.union([z.string().max(65_536), z.number()]))
  .max(1_000_000)

/** What documents about tables and about examples share, whatever a label is called there. */
export interface PreparedRowsDocument<Label> {
  /** What was done to all inputs, in this order. */
  readonly steps: readonly PreparationStep[]
  /** Of a model with several inputs: how the numbers of a row are cut up, one input after the other. */
  readonly inputs?: readonly PreparedInputShape[]
  /** Of a model with one output; of one with several, `labels` stands in its place. */
  readonly label?: Label
  /** In the model's order. */
  readonly labels?: readonly (Label & { readonly output: string })[]
  /** The training rows, from which fills and statistics come; validation rows had no part in them. */
  readonly fittedOnRows: number
}

interface PreparedRowsMembers<Label> {
  readonly steps: z.ZodType<PreparationStep[]>
  readonly inputs: z.ZodExactOptional<z.ZodType<PreparedInputShape[]>>
  readonly label: z.ZodExactOptional<z.ZodType<Label>>
  readonly labels: z.ZodExactOptional<z.ZodType<(Label & { output: string })[]>>
  readonly fittedOnRows: z.ZodType<number>
}

/** The members of such a document in JSON: of the one label, and of a label with its output. */
export function preparedRowsMembers<Label>(
  label: z.ZodType<Label>,
  labelOfOutput: z.ZodType<Label & { output: string }>,
): PreparedRowsMembers<Label> {
  return {
    steps: z.array(stepSchema).max(16),
    inputs: z.array(inputShapeSchema).min(1).max(1000).exactOptional(),
    label: label.exactOptional(),
    labels: z.array(labelOfOutput).min(1).max(1000).exactOptional(),
    fittedOnRows: z.int().min(1),
  }
}
