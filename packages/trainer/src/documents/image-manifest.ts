/** What `dataset-manifest.json` says of an archive of images. @module */

import type { DatasetRoot, Sha256Hex } from '@aibomgen/core'
import { sha256HexSchema } from '@aibomgen/core'
import * as z from 'zod'

import type { ColumnStatistics, ValueCount } from './dataset-manifest.ts'
import { countSchema, datasetRootSchema, statisticsSchema, valueCountsSchema } from './manifest-parts.ts'

/** A channel of the images as they were resized, before any preprocessing. Values go from 0 to 255. */
export interface ManifestChannel {
  readonly name: ChannelName
  /** Over all pixels of all rows. */
  readonly statistics: ColumnStatistics
}

/** A channel of an image. */
export type ChannelName = 'gray' | 'red' | 'green' | 'blue' | 'alpha'

/** The smallest and the largest. */
export interface Extent {
  readonly min: number
  readonly max: number
}

/** What was in an archive of images, and how it was divided: every file by its digest, never a pixel. */
export interface ImageManifest {
  readonly type: 'image'
  readonly rows: number
  readonly trainRows: number
  readonly validationRows: number
  /** Class 0, 1, 2 … by the name of its folder; counted over all rows. */
  readonly classes: readonly ValueCount[]
  readonly channels: readonly ManifestChannel[]
  /** Pixels of the images before they were resized. */
  readonly imageSizes: { readonly height: Extent; readonly width: Extent }
  /** How many images there are of each format. */
  readonly formats: Readonly<Record<string, number>>
  /** SHA-256 of every row's file, by its name in the archive. */
  readonly files: Readonly<Record<string, Sha256Hex>>
  /** Of all `files`, in the order of their names by code unit. */
  readonly merkle: DatasetRoot & { readonly kind: 'files' }
  /** Files of the archive that are no rows (`.DS_Store`), sorted by code unit. */
  readonly ignoredFiles: readonly string[]
}

const fileName = z.string().min(1).max(1024)
const extent = z.strictObject({ min: z.int().min(1), max: z.int().min(1) })

/** The shape of an image manifest in JSON. */
export const imageManifestSchema: z.ZodType<ImageManifest, unknown> = z.strictObject({
  type: z.literal('image'),
  rows: countSchema,
  trainRows: countSchema,
  validationRows: countSchema,
  classes: valueCountsSchema,
  channels: z
    .array(z.strictObject({ name: z.enum(['gray', 'red', 'green', 'blue', 'alpha']), statistics: statisticsSchema }))
    .min(1)
    .max(4),
  imageSizes: z.strictObject({ height: extent, width: extent }),
  formats: z.record(z.string().max(16), countSchema),
  files: z.record(fileName, sha256HexSchema),
  merkle: datasetRootSchema('files'),
  ignoredFiles: z.array(fileName).max(1_000_000),
})
