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
export const inputShapeSchema: z.ZodType<PreparedInputShape> = z.strictObject({
  name: z.string().min(1).max(1024),
  shape: z.array(z.int().min(1)).max(16),
})
