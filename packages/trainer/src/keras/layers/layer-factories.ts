/** Every layer class that a model may have, by Keras's name for it. @module */

import type { LayerFactory } from '../layer.ts'
import {
  activation,
  activityRegularization,
  eluLayer,
  leakyRelu,
  prelu,
  reluLayer,
  softmaxLayer,
} from './activation-layers.ts'
import { additiveAttention, attention } from './attention.ts'
import { batchNormalization } from './batch-normalization.ts'
import * as color from './color-augmentation.ts'
import { conv1d, conv2d, conv3d } from './convolution.ts'
import { dense } from './dense.ts'
import { depthwiseConv1d, depthwiseConv2d, separableConv1d, separableConv2d } from './depthwise-convolution.ts'
import { dot } from './dot.ts'
import * as drop from './dropout.ts'
import { einsumDense } from './einsum-dense.ts'
import { embedding } from './embedding.ts'
import { categoryEncoding, discretization, hashing, integerLookup } from './encoding.ts'
import * as geometric from './geometric-augmentation.ts'
import * as whole from './global-pooling.ts'
import { centerCrop, resizing } from './image-size.ts'
import { layerNormalization } from './layer-normalization.ts'
import { layerScale } from './layer-scale.ts'
import { add, average, concatenate, maximum, minimum, multiply, subtract } from './merging.ts'
import * as mixing from './mixing-augmentation.ts'
import { groupQueryAttention, multiHeadAttention } from './multi-head-attention.ts'
import { groupNormalization, rmsNormalization, unitNormalization } from './normalization.ts'
import { masking } from './masking.ts'
import { pipelineOf } from './pipeline.ts'
import * as pool from './pooling.ts'
import { normalization, rescaling } from './preprocessing.ts'
import { flatten, identity, permute, repeatVector, reshape } from './reshaping.ts'
import { bidirectional } from './recurrent/bidirectional.ts'
import { convLstm1d, convLstm2d, convLstm3d } from './recurrent/conv-lstm.ts'
import { gru, lstm, rnn, simpleRnn } from './recurrent/recurrent-layer.ts'
import { timeDistributed } from './recurrent/time-distributed.ts'
import * as resize from './resizing-by-factor.ts'
import { reversibleEmbedding } from './reversible-embedding.ts'
import * as texture from './texture-augmentation.ts'
import { conv1dTranspose, conv2dTranspose, conv3dTranspose } from './transposed-convolution.ts'

const SINGLE: ReadonlyMap<string, LayerFactory> = new Map([
  ['Activation', activation],
  ['ActivityRegularization', activityRegularization],
  ['AdaptiveAveragePooling1D', whole.adaptiveAveragePooling1d],
  ['AdaptiveAveragePooling2D', whole.adaptiveAveragePooling2d],
  ['AdaptiveAveragePooling3D', whole.adaptiveAveragePooling3d],
  ['AdaptiveMaxPooling1D', whole.adaptiveMaxPooling1d],
  ['AdaptiveMaxPooling2D', whole.adaptiveMaxPooling2d],
  ['AdaptiveMaxPooling3D', whole.adaptiveMaxPooling3d],
  ['Add', add],
  ['AdditiveAttention', additiveAttention],
  ['AlphaDropout', drop.alphaDropout],
  ['Attention', attention],
  ['AutoContrast', color.autoContrast],
  ['Average', average],
  ['AveragePooling1D', pool.averagePooling1d],
  ['AveragePooling2D', pool.averagePooling2d],
  ['AveragePooling3D', pool.averagePooling3d],
  ['BatchNormalization', batchNormalization],
  ['Bidirectional', bidirectional],
  ['CategoryEncoding', categoryEncoding],
  ['CenterCrop', centerCrop],
  ['Concatenate', concatenate],
  ['Conv1D', conv1d],
  ['Conv1DTranspose', conv1dTranspose],
  ['Conv2D', conv2d],
  ['Conv2DTranspose', conv2dTranspose],
  ['Conv3D', conv3d],
  ['Conv3DTranspose', conv3dTranspose],
  ['ConvLSTM1D', convLstm1d],
  ['ConvLSTM2D', convLstm2d],
  ['ConvLSTM3D', convLstm3d],
  ['Cropping1D', resize.cropping1d],
  ['Cropping2D', resize.cropping2d],
  ['Cropping3D', resize.cropping3d],
  ['CutMix', mixing.cutMix],
  ['Dense', dense],
  ['DepthwiseConv1D', depthwiseConv1d],
  ['DepthwiseConv2D', depthwiseConv2d],
  ['Discretization', discretization],
  ['Dot', dot],
  ['Dropout', drop.dropout],
  ['ELU', eluLayer],
  ['EinsumDense', einsumDense],
  ['Embedding', embedding],
  ['Flatten', flatten],
  ['GRU', gru],
  ['GaussianDropout', drop.gaussianDropout],
  ['GaussianNoise', drop.gaussianNoise],
  ['GlobalAveragePooling1D', whole.globalAveragePooling1d],
  ['GlobalAveragePooling2D', whole.globalAveragePooling2d],
  ['GlobalAveragePooling3D', whole.globalAveragePooling3d],
  ['GlobalMaxPooling1D', whole.globalMaxPooling1d],
  ['GlobalMaxPooling2D', whole.globalMaxPooling2d],
  ['GlobalMaxPooling3D', whole.globalMaxPooling3d],
  ['GroupNormalization', groupNormalization],
  ['GroupQueryAttention', groupQueryAttention],
  ['Hashing', hashing],
  ['Identity', identity],
  ['IntegerLookup', integerLookup],
  ['LSTM', lstm],
  ['LayerNormalization', layerNormalization],
  ['LayerScale', layerScale],
  ['LeakyReLU', leakyRelu],
  ['Masking', masking],
  ['MaxPooling1D', pool.maxPooling1d],
  ['MaxPooling2D', pool.maxPooling2d],
  ['MaxPooling3D', pool.maxPooling3d],
  ['Maximum', maximum],
  ['Minimum', minimum],
  ['MixUp', mixing.mixUp],
  ['MultiHeadAttention', multiHeadAttention],
  ['Multiply', multiply],
  ['Normalization', normalization],
  ['PReLU', prelu],
  ['Permute', permute],
  ['RMSNormalization', rmsNormalization],
  ['RNN', rnn],
  ['RandomBrightness', color.randomBrightness],
  ['RandomColorDegeneration', color.randomColorDegeneration],
  ['RandomColorJitter', color.randomColorJitter],
  ['RandomContrast', color.randomContrast],
  ['RandomCrop', geometric.randomCrop],
  ['RandomErasing', texture.randomErasing],
  ['RandomFlip', geometric.randomFlip],
  ['RandomGaussianBlur', texture.randomGaussianBlur],
  ['RandomGrayscale', color.randomGrayscale],
  ['RandomHue', color.randomHue],
  ['RandomInvert', color.randomInvert],
  ['RandomPerspective', geometric.randomPerspective],
  ['RandomPosterization', color.randomPosterization],
  ['RandomRotation', geometric.randomRotation],
  ['RandomSaturation', color.randomSaturation],
  ['RandomSharpness', texture.randomSharpness],
  ['RandomShear', geometric.randomShear],
  ['RandomTranslation', geometric.randomTranslation],
  ['RandomZoom', geometric.randomZoom],
  ['ReLU', reluLayer],
  ['RepeatVector', repeatVector],
  ['Rescaling', rescaling],
  ['Reshape', reshape],
  ['Resizing', resizing],
  ['ReversibleEmbedding', reversibleEmbedding],
  ['SeparableConv1D', separableConv1d],
  ['SeparableConv2D', separableConv2d],
  ['SimpleRNN', simpleRnn],
  ['Softmax', softmaxLayer],
  ['Solarization', color.solarization],
  ['SpatialDropout1D', drop.spatialDropout1d],
  ['SpatialDropout2D', drop.spatialDropout2d],
  ['SpatialDropout3D', drop.spatialDropout3d],
  ['Subtract', subtract],
  ['TimeDistributed', timeDistributed],
  ['UnitNormalization', unitNormalization],
  ['UpSampling1D', resize.upSampling1d],
  ['UpSampling2D', resize.upSampling2d],
  ['UpSampling3D', resize.upSampling3d],
  ['ZeroPadding1D', resize.zeroPadding1d],
  ['ZeroPadding2D', resize.zeroPadding2d],
  ['ZeroPadding3D', resize.zeroPadding3d],
])

/** How each class is made. `InputLayer` is no entry: the model itself reads it. */
export const LAYER_FACTORIES: ReadonlyMap<string, LayerFactory> = new Map([
  ...SINGLE,
  ['Pipeline', pipelineOf((className) => SINGLE.get(className))],
])

/** Classes whose `dtype` says what integers they give: any, since here all numbers are float32. */
export const INTEGER_LAYERS: ReadonlySet<string> = new Set(['Hashing', 'IntegerLookup'])
