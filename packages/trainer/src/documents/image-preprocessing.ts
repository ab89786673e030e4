/** What `preprocessing.json` says of images: enough to prepare new ones for the trained model. @module */

import * as z from 'zod'

import type { LabelKind, PreparationStep } from './preprocessing.ts'
import { labelKindSchema, stepSchema } from './preprocessing-parts.ts'

/**
 * One step over all pixels. Lists of the steps that tables have too hold one number per channel. All arithmetic is
 * float64; the result is a float32.
 */
export type ImageStep =
  | PreparationStep
  /**
   * `preprocess_input` of Keras's `imagenet_utils`. `tf`: `x / 127.5 − 1`. `torch`: `(x / 255 − mean) / std`, with
   * ImageNet's mean (0.485, 0.456, 0.406) and std (0.229, 0.224, 0.225). `caffe`: blue, green, red instead of red, green,
   * blue, and ImageNet's mean (103.939, 116.779, 123.68) subtracted.
   */
  | { readonly step: 'mode'; readonly mode: 'caffe' | 'tf' | 'torch' }

/** How an image became a row of the model's input: decoded, resized, then `steps` in order. */
export interface ImagePreprocessing {
  readonly type: 'image'
  readonly colorMode: 'rgb' | 'grayscale' | 'rgba'
  readonly imageSize: readonly [height: number, width: number]
  /** As Keras resizes: bilinear, half-pixel centres, no antialiasing. Not done to an image that has the size. */
  readonly resize: 'bilinear'
  readonly steps: readonly ImageStep[]
  /** Class 0, 1, 2 … by the name of its folder. */
  readonly label: { readonly kind: LabelKind; readonly classes: readonly string[] }
  /** The training rows, from which statistics come; validation rows had no part in them. */
  readonly fittedOnRows: number
}

const size = z.int().min(1)

/** The shape of an image preprocessing in JSON. */
export const imagePreprocessingSchema: z.ZodType<ImagePreprocessing, unknown> = z.strictObject({
  type: z.literal('image'),
  colorMode: z.enum(['rgb', 'grayscale', 'rgba']),
  imageSize: z.tuple([size, size]),
  resize: z.literal('bilinear'),
  steps: z
    .array(
      z.union([stepSchema, z.strictObject({ step: z.literal('mode'), mode: z.enum(['caffe', 'tf', 'torch']) })], {
        error: 'a preparation step',
      }),
    )
    .max(16),
  label: z.strictObject({
    kind: labelKindSchema,
    classes: z.array(z.string().max(65_536)).max(1_000_000),
  }),
  fittedOnRows: size,
})
