/** A layer's trainable weights with the options that its config has for them. @module */

import type { ConfigReader } from '../config-reader.ts'
import type { Shape, WeightSpec } from '../layer.ts'

/** The weight `name`, its options read under `option` (`kernel_regularizer`), which is the name unless said otherwise. */
export function learnedWeight(
  config: ConfigReader,
  weight: { readonly name: string; readonly shape: Shape; readonly trainable: boolean; readonly option?: string },
): WeightSpec {
  const { name, shape, trainable, option = name } = weight
  const regularizer = config.regularizer(`${option}_regularizer`)
  const constraint = config.constraint(`${option}_constraint`)
  return {
    name,
    shape,
    trainable,
    dtype: 'float32',
    ...(regularizer === undefined ? {} : { regularizer }),
    ...(constraint === undefined ? {} : { constraint }),
  }
}

/** Its bias, unless `use_bias` says that it has none: then what is asked of one counts for nothing. */
export function learnedBias(config: ConfigReader, shape: Shape, trainable: boolean): readonly WeightSpec[] {
  if (config.boolean('use_bias', true)) return [learnedWeight(config, { name: 'bias', shape, trainable })]
  config.ignore('bias_regularizer', 'bias_constraint')
  return []
}
