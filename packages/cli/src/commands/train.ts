/** `aibomgen train`: what it takes, and what it shows. @module */

import { ConfigError } from '@aibomgen/core'
import { SPEC_VERSIONS, type SpecVersion, type Withholdable } from '@aibomgen/bom'
import { ISOLATION_NAMES, type IsolationName } from '@aibomgen/trainer/environment'
import { Option, type Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { drawTrainingSeed } from '../compose.ts'
import { parseByteCount, parseCount } from '../numbers.ts'
import { trainLocally, type LocalTraining } from '../train/train-locally.ts'
import { describeScan } from '../train/run-scan.ts'
import { addJobFlags, readMetadata, readParameters, type JobFlags } from './job-flags.ts'

interface TrainFlags extends CommonFlags, JobFlags {
  readonly out?: string
  readonly bundle?: string
  readonly inputs: boolean
  readonly withhold?: Withholdable
  readonly specVersion: SpecVersion
  readonly manufacturer: string
  readonly isolation?: IsolationName
  readonly requireIsolation: IsolationName
  readonly maxMemory?: string
  readonly maxSeconds?: string
  readonly scan: boolean
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
  return addJobFlags(command)
    .option('--out <directory>', 'where the release goes: absent or empty (release-<first digits of the job id>)')
    .option('--bundle <file>', 'also write an evidence bundle (.aibundle)')
    .option('--no-inputs', 'leave model and data set, as they were submitted, out of the release')
    .addOption(new Option('--withhold <what>', 'leave out of the AIBoM').choices(['statistics']))
    .addOption(new Option('--spec-version <version>', 'of CycloneDX').choices(SPEC_VERSIONS).default('1.6'))
    .option('--manufacturer <name>', 'who answers for the AIBoM', 'AIBoMGen (self-hosted)')
    .addOption(
      new Option('--isolation <name>', 'how the training process is confined (the strongest that works here)').choices(
        ISOLATION_NAMES,
      ),
    )
    .addOption(
      new Option('--require-isolation <level>', 'refuse to train under less')
        .choices(ISOLATION_NAMES)
        .default('process'),
    )
    .option('--max-memory <size>', 'of the training process: 4GiB, 512MB (8GiB)')
    .option('--max-seconds <number>', 'wall-clock limit of the training process (86400)')
    .option('--no-scan', 'do not look for vulnerabilities in the environment, where trivy is on the PATH')
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
      isolation: flags.isolation ?? parseIsolation(context.config.isolation),
      requireIsolation: flags.requireIsolation,
      scan: flags.scan,
      limits: {
        ...(flags.maxMemory === undefined ? {} : { memoryBytes: parseByteCount('--max-memory', flags.maxMemory) }),
        ...(flags.maxSeconds === undefined ? {} : { wallClockSeconds: parseCount('--max-seconds', flags.maxSeconds) }),
      },
    },
    context,
  )
  show(context, flags, { json: () => trained, text: () => describeTraining(trained, context) })
}

/** @throws ConfigError `USAGE` */
function parseIsolation(value: string | undefined): IsolationName | undefined {
  const name = ISOLATION_NAMES.find((known) => known === value)
  if (name !== undefined || value === undefined) return name
  const reason = `AIBOMGEN_ISOLATION: expected one of ${ISOLATION_NAMES.join(', ')}, got ${JSON.stringify(value)}`
  throw new ConfigError('USAGE', reason, { argument: 'AIBOMGEN_ISOLATION', reason })
}

function describeTraining(trained: LocalTraining, { output }: CommandContext): string {
  const { release, bundle, history, model, verdict, jobId, vulnerabilities } = trained
  const last = Object.entries(history).map(([name, values]) => `${name} ${formatValue(values.at(-1))}`)
  const epochs = history['loss']?.length ?? 0
  return [
    `${output.style('bold', release)}  job ${jobId}`,
    `  trained   ${epochs} epochs: ${last.join(', ')}`,
    `  model     outputs/trained_model.keras  sha256:${model.sha256}`,
    `  verified  ${output.style('green', verdict)}`,
    `  scan      ${describeScan(vulnerabilities)}`,
    ...(bundle === undefined ? [] : [`  bundle    ${bundle}`]),
  ].join('\n')
}

function formatValue(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(4)))
}
