/** Image files of strangers, decoded as TensorFlow decodes them. For the training child alone. @module */

import { assertWithin } from '@aibomgen/core'
import sharp from 'sharp'

import type { ImageDefinition } from '../dataset-definition.ts'
import { datasetError } from './dataset-error.ts'
import { decodeBmp, readBmpHeader } from './image-bmp.ts'
import type { ImageSize } from './image-resize.ts'

/** How many channels a colour mode has. */
export const CHANNELS: Readonly<Record<ImageDefinition['colorMode'], number>> = { grayscale: 1, rgb: 3, rgba: 4 }

/** A decoded image: `CHANNELS` values a pixel, row by row from the top. */
export interface DecodedImage extends ImageSize {
  readonly pixels: Uint8Array
}

/** An image whose header was read: what it will take in memory is known before its pixels are unpacked. */
export interface OpenedImage extends ImageSize {
  readonly format: ImageFormat
  decode(): Promise<DecodedImage>
}

/** The formats that are taken; of an animation, the first frame. */
export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'bmp'

/** Past this an image is refused before it is decoded: 200 MB in memory. */
const MAX_PIXELS = 64 * 1024 * 1024

const FIRST_BYTES: readonly (readonly [ImageFormat, RegExp])[] = [
  ['png', /^\x89PNG\r\n\x1a\n/],
  ['jpeg', /^\xff\xd8\xff/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF[^]{4}WEBP/],
  ['bmp', /^BM/],
]

// One image at a time a thread, nothing kept, and no decoder but those named here.
sharp.concurrency(1)
sharp.cache(false)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
})

/**
 * Reads an image's header. The content says what it is, its name does not. An orientation in EXIF is ignored, and so are
 * colour profiles and gamma, as TensorFlow ignores them.
 *
 * @throws TrainingError `DATASET_INVALID`, naming the file; ParseError `LIMIT_EXCEEDED` for more than 64 Mi pixels
 */
export async function openImage(
  bytes: Uint8Array,
  name: string,
  colorMode: ImageDefinition['colorMode'],
): Promise<OpenedImage> {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  const format = FIRST_BYTES.find(([, pattern]) => pattern.test(head))?.[0]
  if (format === undefined) {
    throw datasetError('expected an image (PNG, JPEG, WebP, BMP or GIF), got something else', { file: name })
  }
  const opened = await withFile(name, () => (format === 'bmp' ? openBmp(bytes) : openWithSharp(bytes, format)))
  assertWithin(opened.height * opened.width, MAX_PIXELS, `pixels in ${JSON.stringify(name)}`)
  const { height, width } = opened
  return {
    format,
    height,
    width,
    async decode() {
      const { pixels, channels } = await withFile(name, () => opened.decode())
      return { height, width, pixels: convert(pixels, { channels, format, colorMode }) }
    },
  }
}

interface OpenedFile extends ImageSize {
  decode(): Promise<RawPixels>
}

/** Three or four values a pixel: red, green, blue and, of some, alpha. */
interface RawPixels {
  readonly pixels: Uint8Array
  readonly channels: number
}

async function openWithSharp(bytes: Uint8Array, format: ImageFormat): Promise<OpenedFile> {
  const options = { ignoreIcc: true, failOn: 'error', pages: 1, limitInputPixels: false } as const
  const { width, height, space } = await sharp(bytes, options).metadata()
  return {
    width,
    height,
    async decode() {
      const image = sharp(bytes, options)
      const isCmyk = format === 'jpeg' && space === 'cmyk'
      if (isCmyk) image.pipelineColourspace('cmyk').toColourspace('cmyk')
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
      const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length)
      return isCmyk ? { pixels: fromCmyk(pixels), channels: 3 } : { pixels, channels: info.channels }
    },
  }
}

function openBmp(bytes: Uint8Array): Promise<OpenedFile> {
  const header = readBmpHeader(bytes)
  const { width, height } = header
  const decode = (): Promise<RawPixels> => Promise.resolve({ pixels: decodeBmp(bytes, header).rgba, channels: 4 })
  return Promise.resolve({ width, height, decode })
}

async function withFile<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw datasetError(`an image that cannot be decoded: ${reason}`, { file: name }, { cause })
  }
}

/** As TensorFlow's reader of JPEG does. */
function fromCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3)
  for (let from = 0, to = 0; from < cmyk.length; from += 4) {
    const white = 255 - (cmyk[from + 3] ?? 0)
    for (let channel = 0; channel < 3; channel++) rgb[to++] = (white * (255 - (cmyk[from + channel] ?? 0))) / 255
  }
  return rgb
}

interface Conversion {
  readonly channels: number
  readonly format: ImageFormat
  readonly colorMode: ImageDefinition['colorMode']
}

function convert(pixels: Uint8Array, { channels, format, colorMode }: Conversion): Uint8Array {
  const wanted = CHANNELS[colorMode]
  if (channels === wanted) return pixels
  const count = pixels.length / channels
  const converted = new Uint8Array(count * wanted)
  // libpng's fixed-point weights, which cut, and PIL's, which round: of a JPEG they give its own luma back.
  const [red, green, blue, half, shift] =
    format === 'png' ? [9798, 19235, 3735, 0, 15] : [19595, 38470, 7471, 0x8000, 16]
  for (let index = 0; index < count; index++) {
    const from = index * channels
    const [r, g, b] = [pixels[from] ?? 0, pixels[from + 1] ?? 0, pixels[from + 2] ?? 0]
    if (wanted === 1) converted[index] = (r * red + g * green + b * blue + half) >> shift
    else {
      const to = index * wanted
      converted[to] = r
      converted[to + 1] = g
      converted[to + 2] = b
      if (wanted === 4) converted[to + 3] = 255
    }
  }
  return converted
}
