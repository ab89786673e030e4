/** Images of another size, by TensorFlow's interpolations: each a matrix per axis. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { alongAxis } from './along-axis.ts'

/** How pixels between pixels are made. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos3' | 'lanczos5' | 'area'

/** Images [rows, height, width, channels] at another height and width, as `tf.image.resize` makes them. */
export function resizeImages(
  images: Tensor,
  [height, width]: readonly [number, number],
  interpolation: Interpolation,
  { antialias }: { readonly antialias: boolean } = { antialias: false },
): Tensor {
  const across = resizeAxis(images, 2, width, (from) => sharesOf(from, width, interpolation, antialias))
  return resizeAxis(across, 1, height, (from) => sharesOf(from, height, interpolation, antialias))
}

function resizeAxis(images: Tensor, axis: number, count: number, shares: (length: number) => Float32Array): Tensor {
  const length = images.shape[axis] ?? 0
  return length === count ? images : alongAxis(images, axis, tf.tensor2d(shares(length), [length, count]))
}

/** Row-major [length, count]: the part that each old pixel has in each new one. */
function sharesOf(length: number, count: number, interpolation: Interpolation, antialias: boolean): Float32Array {
  const shares = new Float32Array(length * count)
  const scale = Math.fround(length / count)
  for (let column = 0; column < count; column += 1) {
    for (const [row, share] of pixelsUnder(column, { length, scale, interpolation, antialias })) {
      shares[row * count + column] = (shares[row * count + column] ?? 0) + share
    }
  }
  return shares
}

type Share = readonly [row: number, share: number]

interface Manner {
  readonly length: number
  readonly scale: number
  readonly interpolation: Interpolation
  readonly antialias: boolean
}

function pixelsUnder(column: number, { length, scale, interpolation, antialias }: Manner): readonly Share[] {
  const inside = (row: number): number => Math.min(length - 1, Math.max(0, row))
  // pixels have their middle at a half: TensorFlow's half_pixel_centers
  const middle = Math.fround(Math.fround(column + 0.5) * scale)
  switch (interpolation) {
    case 'nearest':
      return [[inside(Math.floor(middle)), 1]]
    case 'area':
      return overlaps(column * scale, (column + 1) * scale, length)
    case 'lanczos3':
      return byKernel(middle, length, { radius: 3, stretch: antialias ? Math.max(1, scale) : 1, kernel: lanczos(3) })
    case 'lanczos5':
      return byKernel(middle, length, { radius: 5, stretch: antialias ? Math.max(1, scale) : 1, kernel: lanczos(5) })
    case 'bilinear': {
      if (antialias) return byKernel(middle, length, { radius: 1, stretch: Math.max(1, scale), kernel: triangle })
      const at = Math.fround(middle - 0.5)
      const part = Math.fround(at - Math.floor(at))
      return [
        [inside(Math.floor(at)), 1 - part],
        [inside(Math.ceil(at)), part],
      ]
    }
    case 'bicubic': {
      if (antialias) return byKernel(middle, length, { radius: 2, stretch: Math.max(1, scale), kernel: cubic })
      const at = Math.fround(middle - 0.5)
      const first = Math.floor(at)
      const part = Math.round((at - first) * CUBIC_STEPS) / CUBIC_STEPS
      const around = [-1, 0, 1, 2].map((step): Share => [first + step, cubic(Math.abs(step - part))])
      return normalized(around.filter(([row]) => row === inside(row)))
    }
  }
}

/** TensorFlow looks the cubic's values up in a table of so many steps. */
const CUBIC_STEPS = 1024

/** How much of each pixel lies between two places, over the distance. */
function overlaps(from: number, to: number, length: number): readonly Share[] {
  const first = Math.floor(from)
  const last = Math.min(length, Math.ceil(to))
  return Array.from({ length: last - first }, (_, index): Share => {
    const row = first + index
    return [row, (Math.min(to, row + 1) - Math.max(from, row)) / (to - from)]
  })
}

function byKernel(
  middle: number,
  length: number,
  manner: { readonly radius: number; readonly stretch: number; readonly kernel: (distance: number) => number },
): readonly Share[] {
  const { radius, stretch, kernel } = manner
  const first = Math.max(0, Math.ceil(middle - radius * stretch - 0.5))
  const last = Math.min(length - 1, Math.floor(middle + radius * stretch - 0.5))
  const shares = Array.from({ length: Math.max(0, last - first + 1) }, (_, index): Share => {
    const row = first + index
    return [row, kernel(Math.abs(row + 0.5 - middle) / stretch)]
  })
  return normalized(shares)
}

function normalized(shares: readonly Share[]): readonly Share[] {
  const total = shares.reduce((sum, [, share]) => sum + share, 0)
  return shares.map(([row, share]): Share => [row, share / total])
}

function triangle(distance: number): number {
  return Math.max(0, 1 - distance)
}

/** Keys's cubic, with slope −1/2. */
function cubic(distance: number): number {
  if (distance >= 2) return 0
  if (distance >= 1) return ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
  return (1.5 * distance - 2.5) * distance * distance + 1
}

function lanczos(radius: number): (distance: number) => number {
  return (distance) => {
    if (distance > radius) return 0
    if (distance < 1e-3) return 1
    const turn = Math.PI * distance
    return (radius * Math.sin(turn) * Math.sin(turn / radius)) / (turn * turn)
  }
}
