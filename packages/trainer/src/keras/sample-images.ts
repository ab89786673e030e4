/** Images seen through a projection: for each new pixel, the place in the old image that it shows. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

/** `a0 a1 a2 b0 b1 b2 c0 c1`: pixel (x, y) shows ((a0·x + a1·y + a2) / k, (b0·x + b1·y + b2) / k), k = c0·x + c1·y + 1. */
export type Projection = readonly [number, number, number, number, number, number, number, number]

/** How places between pixels and outside the image are filled. */
export interface Filling {
  readonly interpolation: 'nearest' | 'bilinear'
  readonly mode: 'reflect' | 'wrap' | 'constant' | 'nearest'
  /** Outside the image, for mode `constant`. */
  readonly value: number
}

/**
 * Each image through its own projection, as TensorFlow's `ImageProjectiveTransformV3` has it. So is the gradient: the
 * image's own through the inverse projection, which is close to the exact slope and not the same.
 */
export function sampleImages(images: Tensor4D, projections: readonly Projection[], filling: Filling): Tensor4D {
  const apply = tf.customGrad((input) => ({
    value: sampled(input as Tensor4D, projections, filling),
    gradFunc: (gradient: Tensor) => [sampled(gradient as Tensor4D, projections.map(inverse), { ...filling, value: 0 })],
  }))
  return apply(images) as Tensor4D
}

function sampled(images: Tensor4D, projections: readonly Projection[], filling: Filling): Tensor4D {
  const [, height, width, channels] = images.shape
  const plan = planOf(projections, [height, width], filling)
  return tf.tensor4d(gather(images.dataSync(), plan, channels, filling.value), images.shape)
}

/** The projection that goes back: the inverse matrix, its last entry made 1. */
function inverse([a, b, c, d, e, f, g, h]: Projection): Projection {
  const last = a * e - b * d
  const entries = [
    e - f * h,
    c * h - b,
    b * f - c * e,
    f * g - d,
    a - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
  ]
  const [a0 = 0, a1 = 0, a2 = 0, b0 = 0, b1 = 0, b2 = 0, c0 = 0, c1 = 0] = entries.map((entry) => entry / last)
  return [a0, a1, a2, b0, b1, b2, c0, c1]
}

/** Four old pixels per new one with their shares; pixel −1 is the filling. */
interface Plan {
  readonly pixels: Int32Array
  readonly shares: Float32Array
}

const NEIGHBOURS = 4

function planOf(
  projections: readonly Projection[],
  [height, width]: readonly [number, number],
  filling: Filling,
): Plan {
  const count = projections.length * height * width
  const plan = { pixels: new Int32Array(count * NEIGHBOURS).fill(-1), shares: new Float32Array(count * NEIGHBOURS) }
  let at = 0
  projections.forEach((projection, row) => {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const [a0, a1, a2, b0, b1, b2, c0, c1] = projection
        const depth = c0 * x + c1 * y + 1
        const left = placeIn((a0 * x + a1 * y + a2) / depth, width, filling.mode)
        const top = placeIn((b0 * x + b1 * y + b2) / depth, height, filling.mode)
        const put = (pixelY: number, pixelX: number, share: number): void => {
          const inside = pixelY >= 0 && pixelY < height && pixelX >= 0 && pixelX < width
          plan.pixels[at] = inside ? (row * height + pixelY) * width + pixelX : -1
          plan.shares[at] = share
          at += 1
        }
        putNeighbours(depth === 0 ? Number.NaN : top, left, filling.interpolation, put)
        at = Math.ceil(at / NEIGHBOURS) * NEIGHBOURS
      }
    }
  })
  return plan
}

function putNeighbours(
  top: number,
  left: number,
  interpolation: Filling['interpolation'],
  put: (y: number, x: number, share: number) => void,
): void {
  if (Number.isNaN(top) || Number.isNaN(left)) {
    put(-1, -1, 1)
  } else if (interpolation === 'nearest') {
    put(roundAway(top), roundAway(left), 1)
  } else {
    const [floorY, floorX] = [Math.floor(top), Math.floor(left)]
    const [partY, partX] = [top - floorY, left - floorX]
    put(floorY, floorX, (1 - partY) * (1 - partX))
    put(floorY, floorX + 1, (1 - partY) * partX)
    put(floorY + 1, floorX, partY * (1 - partX))
    put(floorY + 1, floorX + 1, partY * partX)
  }
}

/** Halves away from zero, as C++ rounds. */
function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value))
}

/** A place brought back into the image, for the modes that do so. */
function placeIn(place: number, length: number, mode: Filling['mode']): number {
  const single = Math.fround(place)
  const clamped = (value: number): number => Math.min(length - 1, Math.max(0, value))
  switch (mode) {
    case 'constant':
      return single
    case 'nearest':
      return clamped(single)
    case 'reflect': {
      if (length === 1) return 0
      const period = 2 * length
      if (single < 0) {
        const near = single < period ? period * Math.trunc(-single / period) + single : single
        return clamped(near < -length ? near + period : -near - 1)
      }
      if (single <= length - 1) return single
      const near = single - period * Math.trunc(single / period)
      return clamped(near >= length ? period - near - 1 : near)
    }
    case 'wrap': {
      if (length === 1) return 0
      if (single < 0) return clamped(single + length * (Math.trunc(-single / (length - 1)) + 1))
      return single > length - 1 ? clamped(single - length * Math.trunc(single / (length - 1))) : single
    }
  }
}

function gather(values: ArrayLike<number>, { pixels, shares }: Plan, channels: number, fill: number): Float32Array {
  const output = new Float32Array((pixels.length / NEIGHBOURS) * channels)
  pixels.forEach((pixel, neighbour) => {
    const [start, share] = [Math.floor(neighbour / NEIGHBOURS) * channels, shares[neighbour] ?? 0]
    if (share === 0) return
    for (let channel = 0; channel < channels; channel += 1) {
      const value = pixel < 0 ? fill : (values[pixel * channels + channel] ?? 0)
      output[start + channel] = (output[start + channel] ?? 0) + share * value
    }
  })
  return output
}
