import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ParseError, SdkError, TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { openImage } from '../../src/datasets/image-decode.ts'
import { resizeBilinear } from '../../src/datasets/image-resize.ts'
import { rejectionOf } from '../error-of.ts'
import { kerasPython, runKeras } from '../interop/keras-python.ts'

const folder = join(import.meta.dirname, '../vectors/images')
const reference: {
  readonly decoded: Readonly<Record<string, string | null>>
  readonly accurate: Readonly<Record<string, string>>
  readonly resized: Readonly<Record<string, string>>
} = JSON.parse(readFileSync(join(folder, 'tensorflow.json'), 'utf8'))

const MODES = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' } as const
type Channels = keyof typeof MODES

/** Where TensorFlow's own answer is not the one to give. */
const OURS: Readonly<Record<string, string>> = {
  'bit1.png:4': 'TensorFlow gives an alpha of 1 to pixels of one bit',
  'pal.bmp:3': 'TensorFlow does not look at the palette of a BMP',
  'pal.bmp:4': 'TensorFlow does not look at the palette of a BMP',
}

const cases = Object.entries(reference.decoded)
  .filter(([key, expected]) => expected !== null && !(key in OURS))
  .map(([key, expected]) => {
    const [name = '', channels] = key.split(':')
    return { key, name, channels: Number(channels) as Channels, expected: bytesOf(expected ?? '') }
  })

describe('decoding', () => {
  it.each(cases.filter(({ name }) => !name.endsWith('.jpg')))(
    'gives the pixels of $key that TensorFlow gives',
    async ({ name, channels, expected }) => {
      const pixels = await decode(name, channels)
      // libpng brings 16 bits to 8 after it made them gray, libvips before.
      if (name === 'rgb16.png' && channels === 1) expectWithin(pixels, expected, 1)
      else expect(Buffer.from(pixels).equals(Buffer.from(expected))).toBe(true)
    },
  )

  it.each(cases.filter(({ name }) => name.endsWith('.jpg')))(
    'gives the pixels of $key that TensorFlow gives with its accurate transform, and nearly those of its fast one',
    async ({ key, name, channels, expected }) => {
      const pixels = await decode(name, channels)
      const accurate = bytesOf(reference.accurate[key] ?? '')
      // Luma is had back from red, green and blue: where these were cut to 0…255, some of it is gone.
      if (channels === 1) expectWithin(pixels, accurate, 3)
      else expectWithin(pixels, accurate, name === 'cmyk.jpg' ? 1 : 0)
      expectWithin(pixels, expected, name === 'cmyk.jpg' ? 12 : 5)
    },
  )

  it.each([
    ['one.gif', 1],
    ['anim.gif', 4],
    ['rgb.bmp', 1],
    ['lossless.webp', 1],
    ['rgba.webp', 3],
    ['q90.jpg', 4],
    ['cmyk.jpg', 1],
    ['bit1.png', 4],
  ] as const)('converts %s to %i channels, where TensorFlow does not or wrongly', async (name, channels) => {
    const pixels = await decode(name, channels)
    expect(pixels).toHaveLength(23 * 31 * channels)
    const rgb = await decode(name, 3)
    if (channels === 1) {
      const luma = Array.from({ length: 23 * 31 }, (_, index) => {
        const [red = 0, green = 0, blue = 0] = rgb.subarray(index * 3, index * 3 + 3)
        return 0.299 * red + 0.587 * green + 0.114 * blue
      })
      expectWithin(pixels, luma, 0.51)
    } else {
      const isRgb = (index: number): boolean => index % channels < 3
      expect(pixels.filter((_, index) => isRgb(index))).toEqual(rgb)
      expect(pixels.filter((_, index) => !isRgb(index)).every((alpha) => alpha === 255)).toBe(true)
    }
  })

  it.each(['trunc.png', 'trunc.jpg', 'tensorflow.json'])('refuses %s, naming it', async (name) => {
    const error = await rejectionOf(TrainingError, () => decode(name, 3))
    expect(error).toMatchObject({ code: 'DATASET_INVALID', detail: { file: name } })
  })

  it('refuses an image that is larger in memory than any should be, before it is unpacked', async () => {
    const bytes = new Uint8Array(await readFile(join(folder, 'rgb.png')))
    new DataView(bytes.buffer).setUint32(16, 100_000)
    new DataView(bytes.buffer).setUint32(20, 100_000)
    const error = await rejectionOf<SdkError>(SdkError, async () =>
      (await openImage(bytes, 'cat/bomb.png', 'rgb')).decode(),
    )
    expect(error).toSatisfy(
      (thrown) =>
        (thrown instanceof ParseError && thrown.code === 'LIMIT_EXCEEDED') ||
        (thrown instanceof TrainingError && thrown.code === 'DATASET_INVALID'),
    )
    expect(error.message).toContain('cat/bomb.png')
  })
})

it('a BMP is read by its palette, of one, four and eight bits; and from the top where it says so', async () => {
  const pixels = async (bytes: Uint8Array, mode: 'rgb' | 'grayscale'): Promise<number[]> => [
    ...(await (await openImage(bytes, 'x.bmp', mode)).decode()).pixels,
  ]
  const palette = [10, 20, 30, 0, 40, 50, 60, 0]
  expect(
    await pixels(bmp({ width: 3, height: 2, bits: 1, palette, rows: [[0b01000000], [0b10100000]] }), 'rgb'),
  ).toEqual([...[60, 50, 40, 30, 20, 10, 60, 50, 40], ...[30, 20, 10, 60, 50, 40, 30, 20, 10]])
  expect(
    await pixels(
      bmp({
        width: 3,
        height: -2,
        bits: 4,
        palette,
        rows: [
          [0x01, 0x10],
          [0x00, 0x00],
        ],
      }),
      'rgb',
    ),
  ).toEqual([...[30, 20, 10, 60, 50, 40, 60, 50, 40], ...[30, 20, 10, 30, 20, 10, 30, 20, 10]])
  expect(
    await pixels(bmp({ width: 2, height: 1, bits: 16, palette: [], rows: [[0x00, 0x7c, 0x1f, 0x00]] }), 'rgb'),
  ).toEqual([...[255, 0, 0, 0, 0, 255]])
  for (const wrong of [
    bmp({
      width: 3,
      height: 2,
      bits: 8,
      palette,
      rows: [
        [9, 9, 9],
        [9, 9, 9],
      ],
    }),
    bmp({ width: 3, height: 2, bits: 8, palette, rows: [[0, 0, 0]] }),
    bmp({ width: 3, height: 2, bits: 2, palette, rows: [] }),
    bmp({ width: 0, height: 2, bits: 8, palette, rows: [] }),
    bmp({ width: 3, height: 2, bits: 8, palette, rows: [] }).subarray(0, 20),
  ]) {
    expect(await rejectionOf(TrainingError, () => pixels(wrong, 'rgb'))).toMatchObject({ code: 'DATASET_INVALID' })
  }
})

describe('resizing', () => {
  it.each(Object.keys(reference.resized))('gives the floats of %s that TensorFlow gives', async (key) => {
    const [name = '', channels, size = ''] = key.split(':')
    const [height = 0, width = 0] = size.split('x').map(Number)
    const source = { height: 23, width: 31, channels: Number(channels) }
    const pixels = await decode(name, Number(channels) as Channels)
    const expected = new Float32Array(bytesOf(reference.resized[key] ?? '').buffer)
    expect(resizeBilinear(pixels, source, { height, width })).toEqual(expected)
  })
})

describe.skipIf(kerasPython === undefined)('the committed numbers (skipped without TensorFlow)', () => {
  it('are what TensorFlow gives here', { timeout: 120_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'aibomgen-images-'))
    const out = join(directory, 'tensorflow.json')
    runKeras('image_reference.py', folder, out)
    const here = JSON.parse(await readFile(out, 'utf8'))
    await rm(directory, { recursive: true })
    expect(here.decoded).toEqual(reference.decoded)
    for (const [key, expected] of Object.entries(reference.resized)) {
      const floats = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer)
      expectWithin(floats(here.resized[key]), floats(expected), 1e-4)
    }
  })
})

async function decode(name: string, channels: Channels): Promise<Uint8Array> {
  const image = await openImage(new Uint8Array(await readFile(join(folder, name))), name, MODES[channels])
  return (await image.decode()).pixels
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64'))
}

function expectWithin(got: ArrayLike<number>, expected: ArrayLike<number>, most: number): void {
  expect(got).toHaveLength(expected.length)
  const distances = Array.from(got, (value, index) => Math.abs(value - (expected[index] ?? NaN)))
  expect(Math.max(...distances)).toBeLessThanOrEqual(most)
}

interface Bmp {
  readonly width: number
  readonly height: number
  readonly bits: number
  readonly palette: readonly number[]
  /** As they lie in the file. */
  readonly rows: readonly (readonly number[])[]
}

function bmp({ width, height, bits, palette, rows }: Bmp): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4
  const pixels = 54 + palette.length
  const bytes = new Uint8Array(pixels + stride * rows.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x42, 0x4d])
  view.setUint32(10, pixels, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, width, true)
  view.setInt32(22, height, true)
  view.setUint16(28, bits, true)
  view.setUint32(46, palette.length / 4, true)
  bytes.set(palette, 54)
  for (const [index, row] of rows.entries()) bytes.set(row, pixels + index * stride)
  return bytes
}
