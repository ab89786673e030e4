/** A data set of any type, ready for a model. @module */

import { TrainingError } from '@aibomgen/core'

import { unsupportedType, type DatasetDefinition } from '../dataset-definition.ts'
import type { OpenShape } from '../documents/model-summary.ts'
import type { LabelKind } from '../documents/preprocessing.ts'
import { readCsv } from './csv.ts'
import { prepareTable, type PreparedDataset } from './prepared-dataset.ts'
import type { SplitOptions } from './split.ts'

/** Where a data set lies, and a directory for files that nobody needs once training is over. */
export interface DatasetPaths {
  readonly dataset: string
  /** There already, and empty. */
  readonly scratch: string
}

/** An input of the model. The shape is without the row axis. */
export interface ModelInputPort {
  readonly name: string
  readonly shape: OpenShape
}

/** An output of the model, and what its loss takes as a target. The shape is without the row axis. */
export interface ModelOutputPort extends ModelInputPort {
  readonly labelKind: LabelKind
}

/** What a data set is prepared for: the model's inputs and outputs in its own order, and the division of the rows. */
export interface PrepareDatasetOptions extends SplitOptions {
  readonly inputs: readonly ModelInputPort[]
  readonly outputs: readonly ModelOutputPort[]
  /** Stops the reading of a large data set. */
  readonly signal: AbortSignal
}

/**
 * Reads a data set as its definition says, checks it against definition and model, splits it, fits on the training
 * rows, and gives rows as the model takes them.
 *
 * @throws TrainingError `DATASET_INVALID`, `SHAPE_MISMATCH`, `SPLIT_EMPTY`, `CANCELLED`; ParseError
 *   `FORMAT_UNSUPPORTED` for a type that this version cannot train on; ArtifactError `FILE_UNREADABLE`
 */
export async function prepareDataset(
  paths: DatasetPaths,
  definition: DatasetDefinition,
  options: PrepareDatasetOptions,
): Promise<PreparedDataset> {
  switch (definition.type) {
    case 'csv': {
      const { inputs, outputs, ...split } = options
      const input = only('inputs', inputs)
      const output = only('outputs', outputs)
      return prepareTable(await readCsv(paths.dataset, definition), definition, {
        ...split,
        labelKind: output.labelKind,
        inputShape: input.shape,
        outputShape: output.shape,
      })
    }
    case 'image': {
      const { inputs, outputs, ...others } = options
      // Decoders are loaded where there is something to decode.
      const { prepareImages } = await import('./image-dataset.ts')
      const ports = { input: only('inputs', inputs), output: only('outputs', outputs) }
      return prepareImages(paths, definition, { ...others, ...ports })
    }
    case 'parquet':
    case 'tfrecord':
      throw unsupportedType(definition.type)
  }
}

function only<T>(what: 'inputs' | 'outputs', ports: readonly T[]): T {
  const [port, ...others] = ports
  if (port !== undefined && others.length === 0) return port
  const [expected, got] = ['1', String(ports.length)]
  const message = `${what} of the model: expected ${expected} for this data set, got ${got}`
  throw new TrainingError('SHAPE_MISMATCH', message, { what: `${what} of the model`, expected, got })
}
