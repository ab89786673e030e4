/** `aibomgen train`: what it takes, and what it shows. @module */

import { SPEC_VERSIONS, type SpecVersion, type Withholdable } from '@aibomgen/bom'
import type { IsolationName } from '@aibomgen/trainer/environment'
import { METADATA_NAMES } from '@aibomgen/trainer/job'
import { Option, type Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { drawTrainingSeed } from '../compose.ts'
import { parseByteCount, parseCount, parseNumber } from '../numbers.ts'
import { trainLocally, type LocalTraining } from '../train/train-locally.ts'

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

interface TrainFlags extends CommonFlags {
  readonly model: string
  readonly dataset: string
  readonly definition: string
  readonly shuffle: boolean
  readonly backend?: string
  readonly framework?: string
  readonly out?: string
  readonly bundle?: string
  readonly inputs: boolean
  readonly withhold?: Withholdable
  readonly specVersion: SpecVersion
  readonly manufacturer: string
  readonly requireIsolation: IsolationName
  readonly maxMemory?: string
  readonly maxSeconds?: string
}

/** Trains a model here and writes a release. */
export function createTrainCommand(context: CommandContext): Command {
  const command = createCommand({
    name: 'train',
    summary: '',
    examples: [
      'aibomgen train --model model.keras --dataset dataset.csv --definition definition.yaml \\\n' +
        '      --epochs 20 --seed 7 --model-name wine --license-name Apache-2.0 --out release',
    ],
  })
    .requiredOption('--model <file>', 'a compiled Keras 3 model (.keras)')
    .requiredOption('--dataset <file>', 'the data set (.csv)')
    .requiredOption('--definition <file>', 'the dataset definition (YAML)')
  for (const [name, description] of NUMBER_PARAMETERS) command.option(`${flagOf(name)} <number>`, description)
  command
    .option('--no-shuffle', 'keep the order of the rows: the last ones validate')
    .option('--backend <name>', 'auto, wasm, cpu, node, node-gpu or webgpu (auto)')
  for (const name of METADATA_NAMES) command.option(`${flagOf(name)} <text>`, `${name}, for the AIBoM`)
  return command
    .option('--framework <name>', 'TensorFlow.js')
    .option('--out <directory>', 'where the release goes: absent or empty (release-<first digits of the job id>)')
    .option('--bundle <file>', 'also write an evidence bundle (.aibundle)')
    .option('--no-inputs', 'leave model and data set, as they were submitted, out of the release')
    .addOption(new Option('--withhold <what>', 'leave out of the AIBoM').choices(['statistics']))
    .addOption(new Option('--spec-version <version>', 'of CycloneDX').choices(SPEC_VERSIONS).default('1.6'))
    .option('--manufacturer <name>', 'who answers for the AIBoM', 'AIBoMGen (self-hosted)')
    .addOption(
      new Option('--require-isolation <level>', 'refuse to train under less')
        .choices(['container', 'bubblewrap', 'process'])
        .default('process'),
    )
    .option('--max-memory <size>', 'of the training process: 4GiB, 512MB (8GiB)')
    .option('--max-seconds <number>', 'wall-clock limit of the training process (86400)')
    .action((flags: TrainFlags) => runTrain(flags, context))
}

async function runTrain(flags: TrainFlags, context: CommandContext): Promise<void> {
  const trained = await trainLocally(
    {
      files: { model: flags.model, dataset: flags.dataset, definition: flags.definition },
      out: flags.out,
      bundle: flags.bundle,
      specVersion: flags.specVersion,
      manufacturer: flags.manufacturer,
      parameters: readParameters(flags),
      metadata: readMetadata(flags),
      seed: drawTrainingSeed(),
      includeInputs: flags.inputs,
      withheld: flags.withhold === undefined ? [] : [flags.withhold],
      requireIsolation: flags.requireIsolation,
      limits: {
        ...(flags.maxMemory === undefined ? {} : { memoryBytes: parseByteCount('--max-memory', flags.maxMemory) }),
        ...(flags.maxSeconds === undefined ? {} : { wallClockSeconds: parseCount('--max-seconds', flags.maxSeconds) }),
      },
    },
    context,
  )
  show(context, flags, { json: () => trained, text: () => describeTraining(trained, context) })
}

/** By wire name; what is no number goes on as text, to be refused with the range it should have been in. */
function readParameters(flags: TrainFlags): Record<string, unknown> {
  const numbers = NUMBER_PARAMETERS.map(([name]): [string, unknown] => {
    const text = textFlag(flags, name)
    return [name, text === undefined ? undefined : (parseNumber(text) ?? text)]
  })
  return { ...Object.fromEntries(numbers), shuffle: flags.shuffle, backend: flags.backend }
}

function readMetadata(flags: TrainFlags): Record<string, string | undefined> {
  return Object.fromEntries(['framework', ...METADATA_NAMES].map((name) => [name, textFlag(flags, name)]))
}

function describeTraining(trained: LocalTraining, { output }: CommandContext): string {
  const { release, bundle, history, model, verdict, jobId } = trained
  const last = Object.entries(history).map(([name, values]) => `${name} ${formatValue(values.at(-1))}`)
  const epochs = history['loss']?.length ?? 0
  return [
    `${output.style('bold', release)}  job ${jobId}`,
    `  trained   ${epochs} epochs: ${last.join(', ')}`,
    `  model     outputs/trained_model.keras  sha256:${model.sha256}`,
    `  verified  ${output.style('green', verdict)}`,
    ...(bundle === undefined ? [] : [`  bundle    ${bundle}`]),
  ].join('\n')
}

function formatValue(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(4)))
}

function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`
}

/** The value of the flag for a wire name: `batch_size` is `--batch-size`, which commander calls `batchSize`. */
function textFlag(flags: object, name: string): string | undefined {
  const value: unknown = Reflect.get(flags, new Option(flagOf(name)).attributeName())
  return typeof value === 'string' ? value : undefined
}
