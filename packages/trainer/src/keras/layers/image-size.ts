/** Layers that give images another size: Resizing and CenterCrop. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory } from '../layer.ts'
import { modelUnsupported } from '../model-errors.ts'
import { resizeImages } from '../resize-images.ts'
import { onlyInput } from '../shapes.ts'
import { inChannelsLast } from './data-format.ts'

type Size = readonly [number, number]

/** `keras.layers.Resizing`, of float images (Keras rounds the pixels of integer inputs). */
export const resizing: LayerFactory = (config, inputs) => {
  const size: Size = [config.positiveInteger('height'), config.positiveInteger('width')]
  const interpolation = config.oneOf('interpolation', [
    'bilinear',
    ...(['nearest', 'bicubic', 'lanczos3', 'lanczos5', 'area'] as const),
  ])
  const antialias = config.boolean('antialias', false)
  const [crop, pad] = [config.boolean('crop_to_aspect_ratio', false), config.boolean('pad_to_aspect_ratio', false)]
  if (crop && pad) throw modelUnsupported('option', 'crop_to_aspect_ratio beside pad_to_aspect_ratio', config.where)
  config.oneOf('fill_mode', ['constant'])
  const fill = config.number('fill_value', 0)

  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) => [...size, ...onlyInput(shapes, config, 3).slice(2)],
    call(tensors) {
      const images = firstOf(tensors)
      const fitted = crop ? croppedTo(images, size) : pad ? paddedTo(images, size, fill) : images
      return resizeImages(fitted, size, interpolation, { antialias })
    },
  }))
}

/** `keras.layers.CenterCrop`; images that are too small are cropped to the form and resized. */
export const centerCrop: LayerFactory = (config, inputs) => {
  const size: Size = [config.positiveInteger('height'), config.positiveInteger('width')]
  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) => [...size, ...onlyInput(shapes, config, 3).slice(2)],
    call(tensors) {
      const images = firstOf(tensors)
      const [, height = 0, width = 0] = images.shape
      if (height >= size[0] && width >= size[1]) return middle(images, size)
      return resizeImages(croppedTo(images, size), size, 'bilinear')
    },
  }))
}

/** The largest part around the middle that has the proportions of a size. */
function croppedTo(images: Tensor, [high, wide]: Size): Tensor {
  const [, height = 1, width = 1] = images.shape
  const cropHigh = Math.max(1, Math.min(height, Math.trunc(Math.fround(width * high) / wide)))
  const cropWide = Math.max(1, Math.min(width, Math.trunc(Math.fround(height * wide) / high)))
  return middle(images, [cropHigh, cropWide])
}

function middle(images: Tensor, [high, wide]: Size): Tensor {
  const [rows = 0, height = 0, width = 0, channels = 0] = images.shape
  const begin = [0, Math.floor((height - high) / 2), Math.floor((width - wide) / 2), 0]
  return tf.slice(images, begin, [rows, high, wide, channels])
}

/** With as much on both sides as gives it the proportions of a size, or one pixel less. */
function paddedTo(images: Tensor, [high, wide]: Size, fill: number): Tensor {
  const [, height = 1, width = 1] = images.shape
  const padHigh = Math.max(height, Math.trunc(Math.fround(width * high) / wide))
  const padWide = Math.max(width, Math.trunc(Math.fround(height * wide) / high))
  const [rows, columns] = [Math.trunc((padHigh - height) / 2), Math.trunc((padWide - width) / 2)]
  const sides = (count: number): [number, number] => [count, count]
  return tf.pad(images, [[0, 0], sides(rows), sides(columns), [0, 0]], fill)
}
