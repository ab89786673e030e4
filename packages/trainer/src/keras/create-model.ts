/** Writes a compiled `.keras` file from a short list of layers, without Python. @module */

import { canonicalizeJson, type JsonObject, type JsonValue } from '@aibomgen/core'

import { createRandom } from '../random.ts'
import { readCompileConfig } from './compile-config.ts'
import { initialValues } from './initial-values.ts'
import { assertKnownObjects } from './known-objects.ts'
import { writeKerasModel } from './load-model.ts'
import { readModelConfig } from './model-config.ts'
import { buildGraph } from './model.ts'
import { toSnakeCase, weightGroups } from './weight-paths.ts'

/** Activations by name; Keras has more. */
export type ActivationName =
  'linear' | 'relu' | 'tanh' | 'sigmoid' | 'softmax' | 'elu' | 'selu' | 'gelu' | 'silu' | 'softplus'

/** A layer of a new model. What is left out is as Keras has it. */
export type LayerDescription =
  | { readonly type: 'Dense'; readonly units: number; readonly activation?: ActivationName; readonly useBias?: boolean }
  | {
      readonly type: 'Conv1D' | 'Conv2D'
      readonly filters: number
      readonly kernelSize: number | readonly number[]
      readonly strides?: number | readonly number[]
      readonly padding?: 'valid' | 'same'
      readonly activation?: ActivationName
    }
  | {
      readonly type: 'MaxPooling1D' | 'MaxPooling2D' | 'AveragePooling1D' | 'AveragePooling2D'
      readonly poolSize?: number | readonly number[]
      readonly padding?: 'valid' | 'same'
    }
  | { readonly type: 'Embedding'; readonly inputDim: number; readonly outputDim: number }
  | {
      readonly type: 'LSTM' | 'GRU' | 'SimpleRNN'
      readonly units: number
      readonly returnSequences?: boolean
      readonly goBackwards?: boolean
      readonly dropout?: number
      readonly recurrentDropout?: number
    }
  | { readonly type: 'Dropout'; readonly rate: number }
  | { readonly type: 'Rescaling'; readonly scale: number; readonly offset?: number }
  | { readonly type: 'Reshape'; readonly targetShape: readonly number[] }
  | { readonly type: 'Activation'; readonly activation: ActivationName }
  | { readonly type: 'BatchNormalization' | 'LayerNormalization' | 'Flatten' | 'ReLU' }
  | {
      readonly type: 'GlobalAveragePooling1D' | 'GlobalAveragePooling2D' | 'GlobalMaxPooling1D' | 'GlobalMaxPooling2D'
    }

/** An optimizer of a new model. What is left out is as Keras has it. */
export interface OptimizerDescription {
  readonly type: 'SGD' | 'Adam' | 'AdamW' | 'RMSprop' | 'Adagrad'
  readonly learningRate?: number
  readonly momentum?: number
  readonly weightDecay?: number
}

/** Losses of a new model, by Keras's names. */
export type LossName =
  | 'mean_squared_error'
  | 'mean_absolute_error'
  | 'huber'
  | 'binary_crossentropy'
  | 'categorical_crossentropy'
  | 'sparse_categorical_crossentropy'

/** A new model. */
export interface ModelDescription {
  readonly name: string
  /** Shape of one row: `[13]`, `[28, 28, 1]`. */
  readonly input: readonly number[]
  readonly layers: readonly LayerDescription[]
  readonly compile: {
    readonly optimizer: OptimizerDescription
    readonly loss: LossName
    /** `accuracy`, `mean_absolute_error`, `auc` … */
    readonly metrics?: readonly string[]
  }
  /** Of the initial weights: the same seed, the same file. */
  readonly seed: number
}

/** The Keras whose config format is written. */
const KERAS_VERSION = '3.15.1'

/**
 * The bytes of a compiled Sequential model in Keras's own format, its weights drawn as Keras draws them (Glorot uniform
 * kernels, zero biases). Keras loads it; so does `loadKerasModel`.
 *
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED` for layers that do not fit each other
 */
export function createKerasModel(description: ModelDescription): Uint8Array {
  const config = configOf(description)
  assertKnownObjects(config, 'model')
  const graph = buildGraph(readModelConfig(config))
  const compile = readCompileConfig(config, graph.outputs)
  const random = createRandom(description.seed)
  for (const { className, weights } of graph.layers) {
    for (const weight of weights) weight.values = initialValues(weight.spec, className, random.fork(weight.path))
  }
  const source = { config: canonicalizeJson(config), kerasVersion: KERAS_VERSION }
  return writeKerasModel({ ...graph, compile, optimizerState: undefined, source })
}

function configOf({ name, input, layers, compile }: ModelDescription): JsonObject {
  const names = weightGroups(layers.map((layer) => layer.type))
  const batchShape = [null, ...input]
  return {
    module: 'keras',
    class_name: 'Sequential',
    registered_name: null,
    build_config: { input_shape: batchShape },
    config: {
      name,
      trainable: true,
      dtype: 'float32',
      build_input_shape: batchShape,
      layers: [
        kerasObject('keras.layers', 'InputLayer', { name: 'input_layer', batch_shape: batchShape, dtype: 'float32' }),
        ...layers.map((layer, index) => layerObject(layer, names[index] ?? toSnakeCase(layer.type))),
      ],
    },
    compile_config: {
      optimizer: optimizerObject(compile.optimizer),
      loss: compile.loss,
      loss_weights: null,
      metrics: [...(compile.metrics ?? [])],
      weighted_metrics: null,
      run_eagerly: false,
      steps_per_execution: 1,
      jit_compile: false,
    },
  }
}

function layerObject({ type, ...options }: LayerDescription, name: string): JsonObject {
  const config = Object.entries<JsonValue | undefined>(options).flatMap(([option, value]) =>
    value === undefined ? [] : [[toSnakeCase(option), value] as const],
  )
  const own = { ...GATES[type], ...Object.fromEntries(config) }
  return kerasObject('keras.layers', type, { name, trainable: true, dtype: 'float32', ...own })
}

/** Written out always: readers of older Keras files take other activations for granted. */
const GATES: Readonly<Record<string, JsonObject>> = {
  LSTM: { activation: 'tanh', recurrent_activation: 'sigmoid', unit_forget_bias: true },
  GRU: { activation: 'tanh', recurrent_activation: 'sigmoid', reset_after: true },
  SimpleRNN: { activation: 'tanh' },
}

function optimizerObject({ type, ...options }: OptimizerDescription): JsonObject {
  const config = Object.entries<number | undefined>(options).flatMap(([option, value]) =>
    value === undefined ? [] : [[toSnakeCase(option), value] as const],
  )
  const rate = { learning_rate: type === 'SGD' ? 0.01 : 0.001 }
  return kerasObject('keras.optimizers', type, { name: toSnakeCase(type), ...rate, ...Object.fromEntries(config) })
}

function kerasObject(module: string, className: string, config: JsonObject): JsonObject {
  return { module, class_name: className, config, registered_name: null }
}
