/** A data set of any type, ready for a model. @module */

import { TrainingError } from '@aibomgen/core'

import type { DatasetDefinition, TableDefinition, TfrecordDefinition } from '../dataset-definition.ts'
import { readCsv } from './csv.ts'
import { readParquet } from './parquet.ts'
import { planExamples, planTable, type ModelPorts } from './plan.ts'
import { prepareExamples } from './prepare-examples.ts'
import { prepareTable } from './prepare-table.ts'
import type { PreparedDataset } from './prepared-dataset.ts'
import { DEFAULT_MEMORY_BYTES, type RowStorage } from './row-store.ts'
import type { SplitOptions } from './split.ts'
import { readExamples } from './tfrecord.ts'

/** Where a data set lies, and a directory for files that nobody needs once training is over. */
export interface DatasetPaths {
  readonly dataset: string
  /** There already, and empty. */
  readonly scratch: string
}

/** What a data set is prepared for: the model's inputs and outputs, and the division of the rows. */
export interface PrepareDatasetOptions extends SplitOptions, ModelPorts {
  /** Stops the reading of a large data set. */
  readonly signal: AbortSignal
  /** What rows may take of memory before they go to files: {@link DEFAULT_MEMORY_BYTES} when left out. */
  readonly memoryBytes?: number
}

/**
 * Reads a data set as its definition says, checks it against definition and model, splits it, fits on the training
 * rows, and gives rows as the model takes them.
 *
 * @throws TrainingError `DATASET_INVALID`, `SHAPE_MISMATCH`, `SPLIT_EMPTY`, `CANCELLED`; ParseError
 *   `LIMIT_EXCEEDED`; ArtifactError `FILE_UNREADABLE`,
 *   `OUTPUT_UNWRITABLE`
 */
export async function prepareDataset(
  paths: DatasetPaths,
  definition: DatasetDefinition,
  options: PrepareDatasetOptions,
): Promise<PreparedDataset> {
  const { signal, memoryBytes = DEFAULT_MEMORY_BYTES } = options
  const storage = { directory: paths.scratch, memoryBytes, signal }
  switch (definition.type) {
    case 'csv':
    case 'parquet':
      return prepareTableFile(paths.dataset, definition, { ...options, storage })
    case 'tfrecord':
      return prepareExamplesFile(paths.dataset, definition, { ...options, storage })
    case 'image': {
      const { inputs, outputs, ...others } = options
      // Decoders are loaded where there is something to decode.
      const { prepareImages } = await import('./image-dataset.ts')
      const ports = { input: only('inputs', inputs), output: only('outputs', outputs) }
      return prepareImages(paths, definition, { ...others, ...ports })
    }
  }
}

type StoredOptions = PrepareDatasetOptions & { readonly storage: RowStorage }

async function prepareTableFile(
  path: string,
  definition: TableDefinition,
  options: StoredOptions,
): Promise<PreparedDataset> {
  const plan = planTable(definition, options)
  const read = definition.type === 'csv' ? readCsv : readParquet
  using table = await read(path, definition, { outputs: plan.outputs, storage: options.storage })
  return await prepareTable(table, definition, plan, options)
}

async function prepareExamplesFile(
  path: string,
  definition: TfrecordDefinition,
  options: StoredOptions,
): Promise<PreparedDataset> {
  const plan = planExamples(definition, options)
  using examples = await readExamples(path, definition, { outputs: plan.outputs, storage: options.storage })
  return await prepareExamples(examples, definition, plan, options)
}

/** An archive of images is one input and has one label. */
function only<T>(what: 'inputs' | 'outputs', ports: readonly T[]): T {
  const [port, ...others] = ports
  if (port !== undefined && others.length === 0) return port
  const [expected, got] = ['1', String(ports.length)]
  const message = `${what} of the model: expected ${expected} for this data set, got ${got}`
  throw new TrainingError('SHAPE_MISMATCH', message, { what: `${what} of the model`, expected, got })
}
