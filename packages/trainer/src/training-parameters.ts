/** Training parameters: their names, defaults and ranges. @module */

import { parseWith } from '@aibomgen/core'
import * as z from 'zod'

import {
  readStructured,
  spellStructured,
  STRUCTURED_PARAMETERS,
  STRUCTURED_SCHEMAS,
  type ClassWeights,
  type EarlyStopping,
  type PlateauDrop,
  type StructuredParameter,
} from './structured-parameters.ts'

/** The engines that may be asked for; `auto` takes the best there is. */
export const BACKEND_CHOICES = ['auto', 'wasm', 'cpu', 'node', 'node-gpu', 'webgpu'] as const
/** One of the engines that may be asked for. */
export type BackendChoice = (typeof BACKEND_CHOICES)[number]

/** Every parameter of a run, under the names that Keras, job records and AIBoMs use. (A type, to pass as a record.) */
export type TrainingParameters = {
  /** 1 … 100 000 */
  readonly epochs: number
  /** 0 ≤ x < 1; 0 trains on every row and validates on none. */
  readonly validation_split: number
  /** 0 ≤ x < epochs */
  readonly initial_epoch: number
  /** ≥ 1 */
  readonly batch_size: number
  /** ≥ 1; absent: all batches. */
  readonly steps_per_epoch?: number
  /** ≥ 1; absent: all batches. */
  readonly validation_steps?: number
  /** ≥ 1 */
  readonly validation_freq: number
  readonly shuffle: boolean
  /** 1 … 2³¹−1; the one source of randomness. */
  readonly seed: number
  readonly backend: BackendChoice
  /** What classes count, as RFC 8785 JSON: see {@link readStructuredParameters}. Absent: all the same. */
  readonly class_weight?: string
  /** When training ends before its last epoch, as RFC 8785 JSON with every default filled in. Absent: never. */
  readonly early_stopping?: string
  /** When the learning rate drops, as RFC 8785 JSON with every default filled in. Absent: never. */
  readonly reduce_lr_on_plateau?: string
}

/** The parameters that are filled in where nothing was asked for. The seed is drawn instead. */
export const DEFAULT_TRAINING_PARAMETERS: Omit<
  TrainingParameters,
  'seed' | 'steps_per_epoch' | 'validation_steps' | StructuredParameter
> = {
  epochs: 50,
  validation_split: 0.2,
  initial_epoch: 0,
  batch_size: 32,
  validation_freq: 1,
  shuffle: true,
  backend: 'auto',
}

const trainingParametersSchema: z.ZodType<TrainingParameters, unknown> = z
  .strictObject({
    epochs: integer(1, 100_000),
    validation_split: z.custom<number>((value) => typeof value === 'number' && value >= 0 && value < 1, {
      error: 'a number x with 0 ≤ x < 1',
    }),
    initial_epoch: integer(0),
    batch_size: integer(1),
    steps_per_epoch: integer(1).exactOptional(),
    validation_steps: integer(1).exactOptional(),
    validation_freq: integer(1),
    shuffle: z.boolean(),
    seed: integer(1, 2 ** 31 - 1),
    backend: z.enum(BACKEND_CHOICES),
    class_weight: STRUCTURED_SCHEMAS.class_weight.transform(spellStructured).exactOptional(),
    early_stopping: STRUCTURED_SCHEMAS.early_stopping.transform(spellStructured).exactOptional(),
    reduce_lr_on_plateau: STRUCTURED_SCHEMAS.reduce_lr_on_plateau.transform(spellStructured).exactOptional(),
  })
  .refine((parameters) => !(parameters.initial_epoch >= parameters.epochs), {
    path: ['initial_epoch'],
    error: 'an integer below epochs',
  })

/** The parameters that have parts, as what they spell. */
export interface StructuredParameters {
  readonly classWeights?: ClassWeights
  readonly earlyStopping?: EarlyStopping
  readonly plateauDrop?: PlateauDrop
}

/**
 * The parameters in `record`, which must hold every one that has a default, and no other name. For what a job record
 * says; what a person asks for goes through {@link fillTrainingParameters} first.
 *
 * @throws ParseError `PARAMETER_INVALID`, naming every parameter that is wrong, with its value and range
 */
export function parseTrainingParameters(record: unknown): TrainingParameters {
  const parameters = check(record)
  const spelled = z.looseObject(
    Object.fromEntries(
      STRUCTURED_PARAMETERS.map((name) => [
        name,
        z.custom((value) => value === parameters[name], { error: parameters[name] ?? 'nothing' }).optional(),
      ]),
    ),
  )
  parseWith(spelled, record, DOCUMENT, 'PARAMETER_INVALID') // one spelling per value: a record is signed
  return parameters
}

/**
 * The parameters asked for, with defaults for the rest; `undefined` counts as not asked for. Those that have parts may
 * come as objects, as JSON, or as lists (`patience=5,monitor=loss`).
 *
 * @param options.seed - drawn by the caller; taken where none was asked for
 * @throws ParseError `PARAMETER_INVALID`, naming every parameter that is wrong, with its value and range
 */
export function fillTrainingParameters(
  given: Readonly<Record<string, unknown>>,
  options: { readonly seed: number },
): TrainingParameters {
  const asked = Object.entries(given).filter(([, value]) => value !== undefined)
  return check({ ...DEFAULT_TRAINING_PARAMETERS, ...options, ...Object.fromEntries(asked) })
}

/** The parts of the parameters that have parts. */
export function readStructuredParameters(parameters: TrainingParameters): StructuredParameters {
  const { class_weight, early_stopping, reduce_lr_on_plateau } = parameters
  const { class_weight: weights, early_stopping: stopping, reduce_lr_on_plateau: drop } = STRUCTURED_SCHEMAS
  return {
    ...(class_weight === undefined ? {} : { classWeights: weights.parse(readStructured(class_weight)) }),
    ...(early_stopping === undefined ? {} : { earlyStopping: stopping.parse(readStructured(early_stopping)) }),
    ...(reduce_lr_on_plateau === undefined ? {} : { plateauDrop: drop.parse(readStructured(reduce_lr_on_plateau)) }),
  }
}

const DOCUMENT = 'training parameters'

function check(record: unknown): TrainingParameters {
  return parseWith(trainingParametersSchema, withObjects(record), DOCUMENT, 'PARAMETER_INVALID')
}

/** The same record, with what texts spell in the place of the parameters that have parts. */
function withObjects(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record
  return Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, unknown]) => [
      name,
      STRUCTURED_PARAMETERS.some((structured) => structured === name) ? readStructured(value) : value,
    ]),
  )
}

function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const range = max === Number.MAX_SAFE_INTEGER ? `≥ ${min}` : `from ${min} to ${max}`
  return z.custom<number>((value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max, {
    error: `an integer ${range}`,
  })
}
