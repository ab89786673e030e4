/** Every layer class that a model may have, by Keras's name for it. @module */

import type { LayerFactory } from '../layer.ts'
import { activation, eluLayer, leakyRelu, prelu, reluLayer, softmaxLayer } from './activation-layers.ts'
import { batchNormalization } from './batch-normalization.ts'
import { conv1d, conv2d } from './convolution.ts'
import { dense } from './dense.ts'
import { dropout } from './dropout.ts'
import { embedding } from './embedding.ts'
import { layerNormalization } from './layer-normalization.ts'
import { add, average, concatenate, maximum, minimum, multiply, subtract } from './merging.ts'
import {
  averagePooling1d,
  averagePooling2d,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  maxPooling1d,
  maxPooling2d,
} from './pooling.ts'
import { normalization, rescaling } from './preprocessing.ts'
import { flatten, reshape } from './reshaping.ts'

/** How each class is made. `InputLayer` is no entry: the model itself reads it. */
export const LAYER_FACTORIES: ReadonlyMap<string, LayerFactory> = new Map([
  ['Activation', activation],
  ['Add', add],
  ['Average', average],
  ['AveragePooling1D', averagePooling1d],
  ['AveragePooling2D', averagePooling2d],
  ['BatchNormalization', batchNormalization],
  ['Concatenate', concatenate],
  ['Conv1D', conv1d],
  ['Conv2D', conv2d],
  ['Dense', dense],
  ['Dropout', dropout],
  ['ELU', eluLayer],
  ['Embedding', embedding],
  ['Flatten', flatten],
  ['GlobalAveragePooling1D', globalAveragePooling1d],
  ['GlobalAveragePooling2D', globalAveragePooling2d],
  ['GlobalMaxPooling1D', globalMaxPooling1d],
  ['GlobalMaxPooling2D', globalMaxPooling2d],
  ['LayerNormalization', layerNormalization],
  ['LeakyReLU', leakyRelu],
  ['MaxPooling1D', maxPooling1d],
  ['MaxPooling2D', maxPooling2d],
  ['Maximum', maximum],
  ['Minimum', minimum],
  ['Multiply', multiply],
  ['Normalization', normalization],
  ['PReLU', prelu],
  ['ReLU', reluLayer],
  ['Rescaling', rescaling],
  ['Reshape', reshape],
  ['Softmax', softmaxLayer],
  ['Subtract', subtract],
])
