/** An archive of images, ready for a model: decoded once, split, fitted, and described. @module */

import { createMerkleTree, datasetFileLeaf } from '@aibomgen/core'

import type { ImageDefinition } from '../dataset-definition.ts'
import type { ChannelName, ImageManifest } from '../documents/image-manifest.ts'
import type { LabelKind } from '../documents/preprocessing.ts'
import type { RowBatch, RowSource } from '../row-source.ts'
import { datasetError } from './dataset-error.ts'
import { openImageArchive, type ImageArchive } from './image-archive.ts'
import { CHANNELS } from './image-decode.ts'
import { createPixelPreparation, fitImageSteps, type PreparePixels } from './image-preprocessing.ts'
import { readImages, type ImageRows } from './image-rows.ts'
import type { ModelInputPort, ModelOutputPort } from './plan.ts'
import type { DatasetPaths } from './prepare-dataset.ts'
import type { PreparedDataset } from './prepared-dataset.ts'
import { assertShapesAgree, sizeOf } from './shapes.ts'
import { splitRows, type Split, type SplitOptions } from './split.ts'

/** What images are prepared for. */
export interface PrepareImagesOptions extends SplitOptions {
  readonly input: ModelInputPort
  readonly output: ModelOutputPort
  readonly signal: AbortSignal
}

const CHANNEL_NAMES: Readonly<Record<ImageDefinition['colorMode'], readonly ChannelName[]>> = {
  grayscale: ['gray'],
  rgb: ['red', 'green', 'blue'],
  rgba: ['red', 'green', 'blue', 'alpha'],
}

/**
 * Decodes an archive's images into the scratch directory, and gives them from there, batch by batch: memory does not
 * grow with the pixels. What does not fit model or definition is refused before the first image is decoded.
 *
 * @throws TrainingError `DATASET_INVALID`, `SHAPE_MISMATCH`, `SPLIT_EMPTY`, `CANCELLED`; ParseError `LIMIT_EXCEEDED`;
 *   ArtifactError `FILE_UNREADABLE`, `OUTPUT_UNWRITABLE`
 */
export async function prepareImages(
  paths: DatasetPaths,
  definition: ImageDefinition,
  options: PrepareImagesOptions,
): Promise<PreparedDataset> {
  using archive = openImageArchive(paths.dataset)
  const { classes, files } = archive
  const { labelKind } = options.output
  assertLabels(classes, labelKind)
  const channels = CHANNELS[definition.colorMode]
  const [height, width] = definition.imageSize
  assertShapesAgree('input_shape', {
    model: options.input.shape,
    definition: definition.inputShape,
    data: height * width * channels,
  })
  assertShapesAgree('output_shape', {
    model: options.output.shape,
    definition: definition.outputShape,
    data: labelKind === 'binary' ? 1 : classes.length,
  })
  const split = splitRows(files.length, options)

  const { imageSize, colorMode } = definition
  const rows = await readImages(archive, { imageSize, colorMode, scratch: paths.scratch, signal: options.signal })
  const steps = fitImageSteps(definition.preprocessing, rows.statistics.over(split.train))
  return {
    source: createImageSource(archive, rows, {
      inputShape: definition.inputShape,
      labelKind,
      prepare: createPixelPreparation(steps, channels),
    }),
    split,
    preprocessing: {
      type: 'image',
      colorMode,
      imageSize,
      resize: 'bilinear',
      steps,
      label: { kind: labelKind, classes },
      fittedOnRows: split.train.length,
    },
    manifest: describeImages(archive, rows, split, colorMode),
  }
}

function assertLabels(classes: readonly string[], kind: LabelKind): void {
  if (kind === 'regression') {
    throw datasetError('expected a loss of classification, as folders are classes, got a regression')
  }
  if (kind === 'binary' && classes.length !== 2) {
    throw datasetError(`expected 2 class folders, as the loss is binary, got ${classes.length}`)
  }
}

interface SourceOptions {
  readonly inputShape: readonly number[]
  readonly labelKind: LabelKind
  readonly prepare: PreparePixels
}

function createImageSource(
  { classes, files }: ImageArchive,
  { pixels }: ImageRows,
  { inputShape, labelKind, prepare }: SourceOptions,
): RowSource {
  const width = sizeOf(inputShape)
  const classOf = Uint32Array.from(files, ({ classIndex }) => classIndex)
  const targetWidth = labelKind === 'categorical' ? classes.length : 1
  return {
    rows: files.length,
    inputShapes: [inputShape],
    targetShapes: [[targetWidth]],
    gather(wanted): Promise<RowBatch> {
      const inputs = new Float32Array(wanted.length * width)
      const target = new Float32Array(wanted.length * targetWidth)
      for (const [index, row] of wanted.entries()) {
        prepare(pixels.read(row), inputs, index * width)
        const classIndex = classOf[row] ?? 0
        if (labelKind === 'categorical') target[index * targetWidth + classIndex] = 1
        else target[index] = classIndex
      }
      return Promise.resolve({ inputs: [inputs], targets: [target] })
    },
  }
}

function describeImages(
  { classes, files, ignored }: ImageArchive,
  rows: ImageRows,
  split: Split,
  colorMode: ImageDefinition['colorMode'],
): ImageManifest {
  const counts = classes.map((value) => ({ value, rows: 0 }))
  for (const { classIndex } of files) {
    const count = counts[classIndex]
    if (count !== undefined) count.rows++
  }
  // Without a comparator, sort goes by code unit.
  const names = [...rows.digests.keys()].sort()
  const tree = createMerkleTree()
  const listed = names.map((name) => {
    const sha256 = rows.digests.get(name)
    if (sha256 === undefined) throw new TypeError(`no digest of ${name}`)
    tree.add(datasetFileLeaf({ name, sha256 }))
    return [name, sha256] as const
  })
  const statistics = rows.statistics.over(Uint32Array.from(files.keys()))
  return {
    type: 'image',
    rows: files.length,
    trainRows: split.train.length,
    validationRows: split.validation.length,
    classes: counts,
    channels: CHANNEL_NAMES[colorMode].flatMap((name, channel) => {
      const described = statistics[channel]
      return described === undefined ? [] : [{ name, statistics: described }]
    }),
    imageSizes: rows.imageSizes,
    formats: Object.fromEntries(rows.formats),
    files: Object.fromEntries(listed),
    merkle: { kind: 'files', ...tree.root() },
    ignoredFiles: ignored,
  }
}
