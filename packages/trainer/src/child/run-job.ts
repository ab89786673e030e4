/** One training job, from the files of its inputs to the files of its outputs. @module */

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { parseJobRecord, TrainingError, type OutputName } from '@aibomgen/core'
import { readFileBounded, writeFileAtomic } from '@aibomgen/core/node'

import { loadBackend } from '../backends/load-backend.ts'
import { inputShapesOf, parseDatasetDefinition } from '../dataset-definition.ts'
import { numberClassWeights } from '../class-weights.ts'
import { prepareDataset } from '../datasets/prepare-dataset.ts'
import { serializeDatasetManifest } from '../documents/dataset-manifest.ts'
import { serializeMetrics } from '../documents/metrics.ts'
import { serializeModelSummary } from '../documents/model-summary.ts'
import { serializePreprocessing, type Preprocessing } from '../documents/preprocessing.ts'
import type { EpochProgress, FitOptions, RestoredEpoch } from '../fit-options.ts'
import { fit } from '../fit.ts'
import { labelKindOf } from '../keras/compile-config.ts'
import { loadKerasModel, writeKerasModel } from '../keras/load-model.ts'
import { summarizeModel } from '../keras/model-summary.ts'
import { createRandom } from '../random.ts'
import { parseTrainingParameters, readStructuredParameters, type TrainingParameters } from '../training-parameters.ts'
import { MAX_YAML_BYTES } from '../yaml.ts'
import { reportProgress, type ProgressDeps } from './progress.ts'

/** Where a job lies. The other inputs lie beside the job record: `model`, `dataset`, `definition`. */
export interface JobPaths {
  readonly job: string
  /**
   * A directory; made where it is not there. Beside it, `scratch` is for what outgrows memory, and is empty again when
   * the job is done.
   */
  readonly outputs: string
}

/** What running a job needs from outside. */
export interface RunJobDeps extends ProgressDeps {
  /** Stops the run within one batch. */
  readonly signal: AbortSignal
}

const MAX_JOB_BYTES = 1024 * 1024
/** What one array can hold. */
const MAX_MODEL_BYTES = 2 ** 31 - 1

/**
 * Trains, and writes the five outputs: the same inputs give the same bytes. Nothing is written unless all went well.
 *
 * @throws ParseError, TrainingError and ArtifactError, of the codes that reading, training and writing have
 */
export async function runJob(paths: JobPaths, deps: RunJobDeps): Promise<void> {
  const inputs = dirname(paths.job)
  const job = parseJobRecord(await readFileBounded(paths.job, MAX_JOB_BYTES))
  const parameters = parseTrainingParameters(job.parameters)
  const definition = parseDatasetDefinition(await readFileBounded(join(inputs, 'definition'), MAX_YAML_BYTES))
  const model = await loadKerasModel(
    await readFileBounded(join(inputs, 'model'), MAX_MODEL_BYTES),
    inputShapesOf(definition),
  )
  const random = createRandom(parameters.seed)
  await using scratch = await createScratch(join(dirname(paths.outputs), 'scratch'))
  const dataset = await prepareDataset({ dataset: join(inputs, 'dataset'), scratch: scratch.path }, definition, {
    inputs: model.inputs,
    outputs: model.outputs.map(({ name, shape }, output) => ({
      name,
      shape,
      labelKind: labelKindOf(model.compile, output),
    })),
    validationSplit: parameters.validation_split,
    shuffle: parameters.shuffle,
    random: random.fork('split'),
    signal: deps.signal,
  })
  const backend = await loadBackend(
    parameters.backend,
    model.layers.map((layer) => layer.className),
  )

  deps.emit({ type: 'started', backend })
  const { trainRows, validationRows } = dataset.manifest
  deps.log(`job ${job.jobId}: ${trainRows} rows to train on, ${validationRows} to validate on, backend ${backend.name}`)
  const progress = reportProgress(parameters.initial_epoch, deps)
  let restored: RestoredEpoch | undefined
  const history = await fit(model, dataset.source, {
    ...toFitOptions(parameters, dataset.preprocessing),
    ...dataset.split,
    random,
    signal: deps.signal,
    onBatch: progress.onBatch,
    onEpoch(epoch) {
      assertFinite(epoch)
      progress.onEpoch(epoch)
    },
    onRestored: (epoch) => (restored = epoch),
  })

  const ran = Math.max(...Object.values(history).map((values) => values.length))
  const last = parameters.initial_epoch + ran
  if (last < parameters.epochs) deps.log(`stopped early: epoch ${last} of ${parameters.epochs} was the last`)
  if (restored !== undefined)
    deps.log(`the weights are those of epoch ${restored.epoch + 1}, the best, not of the last`)

  await writeOutputs(paths.outputs, {
    'outputs/trained_model.keras': writeKerasModel(model),
    'outputs/metrics.json': serializeMetrics(history),
    'outputs/model-summary.json': serializeModelSummary(summarizeModel(model, restored)),
    'outputs/preprocessing.json': serializePreprocessing(dataset.preprocessing),
    'outputs/dataset-manifest.json': serializeDatasetManifest(dataset.manifest),
  })
  deps.emit({ type: 'finished' })
}

/** A directory of this run's own in `parent`, which may be a mount point: that one stays. */
async function createScratch(parent: string): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(parent, { recursive: true })
  const path = await mkdtemp(join(parent, 'run-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function toFitOptions(
  parameters: TrainingParameters,
  { label }: Pick<Preprocessing, 'label'>,
): Omit<FitOptions, 'random' | 'train' | 'validation' | 'signal' | 'onBatch' | 'onEpoch'> {
  const { steps_per_epoch, validation_steps } = parameters
  const { classWeights, earlyStopping, plateauDrop } = readStructuredParameters(parameters)
  return {
    epochs: parameters.epochs,
    initialEpoch: parameters.initial_epoch,
    batchSize: parameters.batch_size,
    validationFreq: parameters.validation_freq,
    shuffle: parameters.shuffle,
    ...(steps_per_epoch === undefined ? {} : { stepsPerEpoch: steps_per_epoch }),
    ...(validation_steps === undefined ? {} : { validationSteps: validation_steps }),
    ...(classWeights === undefined ? {} : { classWeights: numberClassWeights(classWeights, label?.classes) }),
    ...(earlyStopping === undefined ? {} : { earlyStopping }),
    ...(plateauDrop === undefined ? {} : { plateauDrop }),
  }
}

/** `fit` sees to the losses; a metric without a value has no place in the history either. */
function assertFinite({ epoch, values }: EpochProgress): void {
  for (const [metric, value] of Object.entries(values)) {
    if (Number.isFinite(value)) continue
    throw new TrainingError('TRAINING_DIVERGED', `epoch ${epoch + 1}: ${metric} is ${value}`, { epoch, metric })
  }
}

async function writeOutputs(directory: string, files: Readonly<Record<OutputName, Uint8Array>>): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFileAtomic(join(directory, basename(name)), bytes)
}
