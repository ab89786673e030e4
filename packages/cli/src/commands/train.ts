/** `aibomgen train`: what it takes, and what it shows. @module */

import { SPEC_VERSIONS, type SpecVersion, type Withholdable } from '@aibomgen/bom'
import { Option, type Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { drawTrainingSeed } from '../compose.ts'
import { trainLocally, type LocalTraining } from '../train/train-locally.ts'
import { describeScan } from '../train/run-scan.ts'
import { addIsolationFlags, readIsolation, readLimits, type IsolationFlags } from './isolation-flags.ts'
import { addJobFlags, readMetadata, readParameters, type JobFlags } from './job-flags.ts'

interface TrainFlags extends CommonFlags, JobFlags, IsolationFlags {
  readonly out?: string
  readonly bundle?: string
  readonly inputs: boolean
  readonly withhold?: Withholdable
  readonly specVersion: SpecVersion
  readonly manufacturer: string
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
  const described = addJobFlags(command)
    .option('--out <directory>', 'where the release goes: absent or empty (release-<first digits of the job id>)')
    .option('--bundle <file>', 'also write an evidence bundle (.aibundle)')
    .option('--no-inputs', 'leave model and data set, as they were submitted, out of the release')
    .addOption(new Option('--withhold <what>', 'leave out of the AIBoM').choices(['statistics']))
    .addOption(new Option('--spec-version <version>', 'of CycloneDX').choices(SPEC_VERSIONS).default('1.6'))
    .option('--manufacturer <name>', 'who answers for the AIBoM', 'AIBoMGen (self-hosted)')
  return addIsolationFlags(described)
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
      isolation: readIsolation(flags, context.config),
      scan: flags.scan,
      limits: readLimits(flags),
    },
    context,
  )
  show(context, flags, { json: () => trained, text: () => describeTraining(trained, context) })
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
