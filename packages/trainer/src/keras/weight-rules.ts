/** What a layer's config asks of its weights beside their class: penalties and constraints. @module */

import type { ConfigReader } from './config-reader.ts'
import type { WeightSpec } from './layer.ts'

/** The weights with the rules of the config; `recurrent_constraint` is that of `recurrent_kernel`. */
export function withRules(weights: readonly WeightSpec[], reader: ConfigReader): readonly WeightSpec[] {
  return weights.map((spec) => ({ ...rulesFor(spec, reader), ...spec }))
}

function rulesFor({ name }: WeightSpec, reader: ConfigReader): Pick<WeightSpec, 'regularizer' | 'constraint'> {
  const names = [name, name.replace(/_kernel$/, '')]
  const [regularizer] = names.flatMap((prefix) => reader.regularizer(`${prefix}_regularizer`) ?? [])
  const [constraint] = names.flatMap((prefix) => reader.constraint(`${prefix}_constraint`) ?? [])
  return {
    ...(regularizer === undefined ? {} : { regularizer }),
    ...(constraint === undefined ? {} : { constraint }),
  }
}
