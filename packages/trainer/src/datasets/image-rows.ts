/** Decodes an archive's images once, into rows on disk, and keeps what the manifest says of them. @module */

import { join } from 'node:path'

import { sha256Hex, type Sha256Hex } from '@aibomgen/core'

import type { ImageDefinition } from '../dataset-definition.ts'
import type { Extent } from '../documents/image-manifest.ts'
import { ChannelStatistics } from './channel-statistics.ts'
import type { ImageArchive, ImageFile } from './image-archive.ts'
import { CHANNELS, openImage, type ImageFormat } from './image-decode.ts'
import { resizeBilinear, type ImageSize } from './image-resize.ts'
import { RowFile, type KeptRow } from './row-file.ts'
import { assertNotCancelled } from './row-store.ts'

/** Every image of an archive, decoded and in its size. */
export interface ImageRows {
  readonly pixels: RowFile
  readonly statistics: ChannelStatistics
  /** SHA-256 of each file, by its name. */
  readonly digests: ReadonlyMap<string, Sha256Hex>
  /** Before they were resized. */
  readonly imageSizes: { readonly height: Extent; readonly width: Extent }
  readonly formats: ReadonlyMap<ImageFormat, number>
}

/** How images become rows. */
export interface ReadImagesOptions extends Pick<ImageDefinition, 'imageSize' | 'colorMode'> {
  /** A directory for the rows. */
  readonly scratch: string
  readonly signal: AbortSignal
}

/** How many images are decoded at a time, and how many pixels of them at most: a large one is alone. */
const AT_A_TIME = 8
const MAX_PIXELS_AT_A_TIME = 32 * 1024 * 1024

/**
 * Reads, decodes and resizes every image of the archive, in its order, some at a time. Memory does not grow with their
 * number but by some hundred bytes each.
 *
 * @throws TrainingError `DATASET_INVALID`, naming the first file that cannot be read; `CANCELLED`; ParseError
 *   `LIMIT_EXCEEDED`; ArtifactError `OUTPUT_UNWRITABLE` where the rows find no place
 */
export async function readImages({ files }: ImageArchive, options: ReadImagesOptions): Promise<ImageRows> {
  const [height, width] = options.imageSize
  const channels = CHANNELS[options.colorMode]
  const pixels = new RowFile(join(options.scratch, 'images'), { rows: files.length, width: height * width * channels })
  try {
    const statistics = new ChannelStatistics(files.length, { channels, valuesPerChannel: height * width })
    const digests = new Map<string, Sha256Hex>()
    const formats = new Map<ImageFormat, number>()
    const extents = { height: new GrowingExtent(), width: new GrowingExtent() }
    let row = 0
    for await (const image of inOrder(files, options)) {
      pixels.append(image.values)
      statistics.set(row++, image.values)
      digests.set(image.name, image.sha256)
      formats.set(image.format, (formats.get(image.format) ?? 0) + 1)
      extents.height.take(image.size.height)
      extents.width.take(image.size.width)
    }
    const imageSizes = { height: extents.height.extent(), width: extents.width.extent() }
    return { pixels, statistics, digests, imageSizes, formats }
  } catch (error) {
    pixels[Symbol.dispose]()
    throw error
  }
}

interface ReadImage {
  readonly name: string
  readonly sha256: Sha256Hex
  readonly format: ImageFormat
  /** As decoded. */
  readonly size: ImageSize
  readonly values: KeptRow
}

/** The images in the files' order; those that follow are decoded meanwhile. */
async function* inOrder(files: readonly ImageFile[], options: ReadImagesOptions): AsyncGenerator<ReadImage> {
  const memory = new PixelBudget(MAX_PIXELS_AT_A_TIME)
  const ahead: Promise<ReadImage>[] = []
  try {
    for (const file of files) {
      assertNotCancelled(options.signal)
      const reading = readImage(file, memory, options)
      // It is awaited in its turn; until then its failure is nobody's.
      reading.catch(() => undefined)
      ahead.push(reading)
      const first = ahead.length < AT_A_TIME ? undefined : ahead.shift()
      if (first !== undefined) yield await first
    }
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) yield await next
  } finally {
    await Promise.allSettled(ahead)
  }
}

async function readImage(file: ImageFile, memory: PixelBudget, options: ReadImagesOptions): Promise<ReadImage> {
  const { colorMode } = options
  const bytes = file.read()
  const image = await openImage(bytes, file.name, colorMode)
  const { height, width } = image
  await memory.take(height * width)
  try {
    const { pixels } = await image.decode()
    const [toHeight, toWidth] = options.imageSize
    const isRight = height === toHeight && width === toWidth
    const values = isRight
      ? pixels
      : resizeBilinear(pixels, { height, width, channels: CHANNELS[colorMode] }, { height: toHeight, width: toWidth })
    return { name: file.name, sha256: sha256Hex(bytes), format: image.format, size: { height, width }, values }
  } finally {
    memory.giveBack(height * width)
  }
}

/** Pixels that may be in memory at a time. Who wants more than all of them gets them when nobody else has any. */
class PixelBudget {
  readonly #most: number
  readonly #waiting: { readonly pixels: number; readonly go: () => void }[] = []
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  take(pixels: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ pixels, go })
      this.#next()
    })
  }

  giveBack(pixels: number): void {
    this.#taken -= pixels
    this.#next()
  }

  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#taken > 0 && this.#taken + first.pixels > this.#most) return
      this.#waiting.shift()
      this.#taken += first.pixels
      first.go()
    }
  }
}

class GrowingExtent {
  #min = Infinity
  #max = 0

  take(value: number): void {
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
  }

  extent(): Extent {
    return { min: this.#min, max: this.#max }
  }
}
