/** Parts that the schemas of preprocessing documents share. @module */

import * as z from 'zod'

import type { PreparationStep } from './preprocessing.ts'

const numbers = z.array(z.number()).max(1_000_000)

/** One step over all inputs. */
export const stepSchema: z.ZodType<PreparationStep> = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('standardize'), mean: numbers, std: numbers, epsilon: z.number() }),
  z.strictObject({ step: z.literal('minmax'), min: numbers, max: numbers }),
  z.strictObject({ step: z.literal('scale'), factor: z.number() }),
  z.strictObject({ step: z.literal('clip'), min: z.number(), max: z.number() }),
])
