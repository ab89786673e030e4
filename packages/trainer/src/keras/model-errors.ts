/** The two ways a model file is turned down: broken, or sound and not taken. @module */

import { TrainingError } from '@aibomgen/core'

/** An archive that is not what it has to be. */
export function modelInvalid(reason: string, cause?: unknown): TrainingError<'MODEL_INVALID'> {
  return new TrainingError('MODEL_INVALID', `model: ${reason}`, { reason }, { cause })
}

/**
 * Something in a model that is refused by name.
 *
 * @param kind - what sort of thing: `layer`, `loss`, `option` …
 * @param where - whose it is: `layer "dense_1" (Dense)`, `compile_config`
 */
export function modelUnsupported(
  kind: string,
  name: string,
  where: string,
  instead?: string,
): TrainingError<'MODEL_UNSUPPORTED'> {
  const hint = instead === undefined ? '' : `: ${instead}`
  return new TrainingError('MODEL_UNSUPPORTED', `${where}: ${kind} ${name} is not supported${hint}`, {
    kind,
    name,
    where,
  })
}
