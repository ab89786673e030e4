/** Parts that the schemas of dataset manifests share. @module */

import { sha256HexSchema, type DatasetRoot } from '@aibomgen/core'
import * as z from 'zod'

/** How many there are of something. */
export const countSchema: z.ZodType<number> = z.int().min(0)

/** Values with the number of rows in which they stand. */
export const valueCountsSchema: z.ZodType<{ value: string | number; rows: number }[]> = z
  .array(z.strictObject({ value: z.union([z.string().max(65_536), z.number()]), rows: countSchema }))
  .max(1_000_000)

/** Statistics of some numbers. */
export const statisticsSchema: z.ZodType<{ min: number; max: number; mean: number; std: number }> = z.strictObject({
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  std: z.number(),
})

/** The root of a Merkle tree over things of one of these kinds. */
export function datasetRootSchema<K extends DatasetRoot['kind']>(
  ...kinds: readonly K[]
): z.ZodType<DatasetRoot & { readonly kind: K }, unknown> {
  return z.strictObject({ kind: z.literal(kinds), leaves: countSchema, root: sha256HexSchema })
}

/** Why there is no root. */
export const unavailableSchema: z.ZodType<string> = z.string().max(4096)
