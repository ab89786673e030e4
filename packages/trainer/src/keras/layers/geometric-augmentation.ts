/** Layers that move the pixels of images while training. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'

import type { Random } from '../../random.ts'
import type { ConfigReader } from '../config-reader.ts'
import { everyNth } from '../convolve-any.ts'
import { perspective } from '../homography.ts'
import { firstOf, type LayerFactory } from '../layer.ts'
import { resizeImages } from '../resize-images.ts'
import { sampleImages, type Filling, type Projection } from '../sample-images.ts'
import { onlyInput } from '../shapes.ts'
import { augmenting, chosen, perImage, readRange, uniform, where, type Range } from './augmentation.ts'
import { inChannelsLast } from './data-format.ts'

const SIGNED: Range = [-1, 1]
const UNSIGNED: Range = [0, 1]

/** `keras.layers.RandomFlip`: half of the images, along one axis or both at once. */
export const randomFlip: LayerFactory = (config, inputs) => {
  const mode = config.oneOf('mode', ['horizontal_and_vertical', 'horizontal', 'vertical'])
  const axes = [...(mode === 'vertical' ? [] : [2]), ...(mode === 'horizontal' ? [] : [1])]
  return augmenting(config, inputs, (images, random) => {
    const which = perImage(images, () => (random.nextFloat() <= 0.5 ? 1 : 0))
    return where(which, tf.reverse(images, axes), images)
  })
}

/** `keras.layers.RandomRotation`, its range in whole turns. */
export const randomRotation: LayerFactory = (config, inputs) => {
  const turns = readRange(config, 'factor', SIGNED)
  return moving(config, inputs, (random, [height, width]) => {
    const angle = 2 * Math.PI * uniform(random, turns)
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const [x, y] = [(width - 1) / 2, (height - 1) / 2]
    return [cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos, 0, 0]
  })
}

/** `keras.layers.RandomZoom`: above 0 is further away. */
export const randomZoom: LayerFactory = (config, inputs) => {
  const high = readRange(config, 'height_factor', SIGNED)
  const wide = config.value('width_factor') === undefined ? undefined : readRange(config, 'width_factor', SIGNED)
  return moving(config, inputs, (random, [height, width]) => {
    const zoomY = 1 + uniform(random, high)
    const zoomX = wide === undefined ? zoomY : 1 + uniform(random, wide)
    return [zoomX, 0, ((width - 1) / 2) * (1 - zoomX), 0, zoomY, ((height - 1) / 2) * (1 - zoomY), 0, 0]
  })
}

/** `keras.layers.RandomTranslation`, its ranges in parts of height and width. */
export const randomTranslation: LayerFactory = (config, inputs) => {
  const high = readRange(config, 'height_factor', SIGNED)
  const wide = readRange(config, 'width_factor', SIGNED)
  return moving(config, inputs, (random, [height, width]) => {
    const down = height * uniform(random, high)
    return [1, 0, -width * uniform(random, wide), 0, 1, -down, 0, 0]
  })
}

/** `keras.layers.RandomShear`. */
export const randomShear: LayerFactory = (config, inputs) => {
  const [factorX, factorY] = [readRange(config, 'x_factor', UNSIGNED), readRange(config, 'y_factor', UNSIGNED)]
  return moving(config, inputs, (random) => {
    const sign = random.nextFloat() > 0.5 ? -1 : 1
    const shearY = sign * uniform(random, factorY)
    return [1, sign * uniform(random, factorX), 0, shearY, 1, 0, 0, 0]
  })
}

/** `keras.layers.RandomPerspective`: each corner moved on its own. */
export const randomPerspective: LayerFactory = (config, inputs) => {
  const chance = readRange(config, 'factor', UNSIGNED)
  const scale = config.number('scale', 1)
  const filling: Filling = { ...readInterpolation(config), mode: 'constant', value: config.number('fill_value', 0) }
  return augmenting(config, inputs, (images, random) => {
    const [rows, height, width] = images.shape
    const which = chosen(images, random, chance)
    const projections = Array.from({ length: rows }, () => {
      const move = (): number => 1 + uniform(random, [-0.5 * scale, 0.5 * scale])
      return perspective([height, width], move)
    })
    return where(which, sampleImages(images, projections, filling), images)
  })
}

/** `keras.layers.RandomCrop`: one place per batch. Outside training Keras leaves images whole; so does this. */
export const randomCrop: LayerFactory = (config, inputs) => {
  const [high, wide] = [config.positiveInteger('height'), config.positiveInteger('width')]
  config.ignore('seed')
  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) => [high, wide, ...onlyInput(shapes, config, 3).slice(2)],
    call(tensors, _weights, pass) {
      const images = firstOf(tensors) as Tensor4D
      if (!pass.training) return images
      const [, height, width] = images.shape
      const [top, left] = cropPlace([height, width], [high, wide], pass.random)
      const rows = everyNth(images, 1, { start: top, count: Math.min(high, height - top), stride: 1 })
      const part = everyNth(rows, 2, { start: left, count: Math.min(wide, width - left), stride: 1 })
      return resizeImages(part, [high, wide], 'bilinear')
    },
  }))
}

function cropPlace(
  [height, width]: readonly [number, number],
  [high, wide]: readonly [number, number],
  random: Random,
): readonly [number, number] {
  if (height > high && width > wide) {
    return [Math.trunc(random.nextFloat() * (height - high + 1)), Math.trunc(random.nextFloat() * (width - wide + 1))]
  }
  const cropHigh = Math.max(Math.min(height, Math.trunc((width * high) / wide)), 1)
  const cropWide = Math.max(Math.min(width, Math.trunc((height * wide) / high)), 1)
  return [Math.trunc((height - cropHigh) / 2), Math.trunc((width - cropWide) / 2)]
}

/** A layer that shows each image through a projection of its own. */
function moving(
  config: ConfigReader,
  inputs: Parameters<LayerFactory>[1],
  draw: (random: Random, size: readonly [number, number]) => Projection,
): ReturnType<typeof augmenting> {
  const filling: Filling = {
    ...readInterpolation(config),
    mode: config.oneOf('fill_mode', ['reflect', 'wrap', 'constant', 'nearest']),
    value: config.number('fill_value', 0),
  }
  return augmenting(config, inputs, (images, random) => {
    const [rows, height, width] = images.shape
    const projections = Array.from({ length: rows }, () => draw(random, [height, width]))
    return sampleImages(images, projections, filling)
  })
}

function readInterpolation(config: ConfigReader): Pick<Filling, 'interpolation'> {
  return { interpolation: config.oneOf('interpolation', ['bilinear', 'nearest']) }
}
