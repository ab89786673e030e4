/** A layer's trainable weight with the options that its config has for it. @module */

import type { ConfigReader } from '../config-reader.ts'
import { trainableWeight, type Shape, type WeightSpec } from '../layer.ts'

/** The weight `name`, its options read under `option` (`kernel_regularizer`), which is the name unless said otherwise. */
export function learnedWeight(
  config: ConfigReader,
  weight: { readonly name: string; readonly shape: Shape; readonly trainable: boolean; readonly option?: string },
): WeightSpec {
  const { name, shape, trainable, option = name } = weight
  return trainableWeight(name, shape, trainable, config.regularizer(`${option}_regularizer`))
}
