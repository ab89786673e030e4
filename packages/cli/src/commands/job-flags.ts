/** The flags that say what to train, on what, and how: the same here and for a server. @module */

import { METADATA_NAMES, STRUCTURED_PARAMETERS } from '@aibomgen/trainer/job'
import { Option, type Command } from 'commander'

import { parseNumber } from '../numbers.ts'

/** The flags for parameters that are numbers, by wire name. */
const NUMBER_PARAMETERS = [
  ['epochs', 'how often to go through the data (50)'],
  ['batch_size', 'rows per step (32)'],
  ['validation_split', 'share of the rows that validates, from 0 to below 1 (0.2)'],
  ['initial_epoch', 'epoch to start at, for a run that goes on (0)'],
  ['steps_per_epoch', 'batches per epoch (all)'],
  ['validation_steps', 'batches per validation (all)'],
  ['validation_freq', 'epochs from one validation to the next (1)'],
  ['seed', 'the one source of randomness, from 1 to 2147483647 (drawn)'],
] as const

/** The flags for parameters that have parts, by wire name: lists (`patience=5,mode=min`) or JSON. */
const STRUCTURED_FLAGS: Readonly<Record<(typeof STRUCTURED_PARAMETERS)[number], readonly [string, string]>> = {
  class_weight: ['weights', 'what each class counts in the loss: 0=1,1=5 or JSON (all the same)'],
  early_stopping: ['options', 'when to stop early: patience=5,monitor=val_loss,restore_best_weights=true (never)'],
  reduce_lr_on_plateau: ['options', 'when to lower the learning rate: patience=3,factor=0.5 (never)'],
}

/** What the flags say. Those of numbers and of metadata are read by name. */
export interface JobFlags {
  readonly model: string
  readonly dataset: string
  readonly definition: string
  readonly shuffle: boolean
  readonly backend?: string
}

/** Adds the flags to a command. */
export function addJobFlags(command: Command): Command {
  command
    .requiredOption('--model <file>', 'a compiled Keras 3 model (.keras)')
    .requiredOption('--dataset <file>', 'the data set: .csv, .parquet, .tfrecord, or .zip of images in class folders')
    .requiredOption('--definition <file>', 'the dataset definition (YAML)')
  for (const [name, description] of NUMBER_PARAMETERS) command.option(`${flagOf(name)} <number>`, description)
  for (const name of STRUCTURED_PARAMETERS) {
    const [value, description] = STRUCTURED_FLAGS[name]
    command.option(`${flagOf(name)} <${value}>`, description)
  }
  command
    .option('--no-shuffle', 'keep the order of the rows: the last ones validate')
    .option('--backend <name>', 'auto, wasm, cpu, node, node-gpu or webgpu (auto)')
  for (const name of METADATA_NAMES) command.option(`${flagOf(name)} <text>`, `${name}, for the AIBoM`)
  return command.option('--framework <name>', 'TensorFlow.js')
}

/** By wire name; what is no number goes on as text: to be read, or refused with the range it should have been in. */
export function readParameters(flags: JobFlags): Record<string, string | number | boolean | undefined> {
  const numbers = NUMBER_PARAMETERS.map(([name]): [string, string | number | undefined] => {
    const text = textFlag(flags, name)
    return [name, text === undefined ? undefined : (parseNumber(text) ?? text)]
  })
  const structured = STRUCTURED_PARAMETERS.map((name) => [name, textFlag(flags, name)] as const)
  return { ...Object.fromEntries([...numbers, ...structured]), shuffle: flags.shuffle, backend: flags.backend }
}

/** By wire name. */
export function readMetadata(flags: JobFlags): Record<string, string | undefined> {
  return Object.fromEntries(['framework', ...METADATA_NAMES].map((name) => [name, textFlag(flags, name)]))
}

function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`
}

/** The value of the flag for a wire name: `batch_size` is `--batch-size`, which commander calls `batchSize`. */
function textFlag(flags: object, name: string): string | undefined {
  const value: unknown = Reflect.get(flags, new Option(flagOf(name)).attributeName())
  return typeof value === 'string' ? value : undefined
}
