import * as tf from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'
import type { JsonObject, JsonValue } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { ConfigReader } from '../../src/keras/config-reader.ts'
import { newPass } from '../../src/keras/forward.ts'
import { BY_ITSELF, INPUTS_ALONE, tensorsOf, type Shape } from '../../src/keras/layer.ts'
import { OPERATION_FACTORIES, operationName } from '../../src/keras/layers/operations/operations.ts'
import { createRandom } from '../../src/random.ts'
import { errorOf } from '../error-of.ts'

interface Trial {
  readonly operation: string
  readonly config?: JsonObject
  readonly inputs: readonly Shape[]
  readonly x2?: Shape
  readonly options?: Readonly<Record<string, JsonValue>>
}

const ALL: JsonValue = { class_name: '__slice__', config: { start: null, stop: null, step: null } }

function slice(start: JsonValue, stop: JsonValue, step: JsonValue): JsonValue {
  return { class_name: '__slice__', config: { start, stop, step } }
}

function build({ operation, config = {}, inputs, x2, options = {} }: Trial) {
  const factory = OPERATION_FACTORIES.get(operationName(operation))
  if (factory === undefined) throw new TypeError(`no operation ${operation}`)
  const reader = new ConfigReader(config, `operation "tried" (${operation})`)
  const given = { tensors: x2 === undefined ? {} : { x2: [x2] }, options }
  const layer = factory(reader, inputs, true, { ...BY_ITSELF, given })
  reader.finish()
  return { layer, shape: layer.outputShape(inputs, given) }
}

/** What an operation gives for one row that counts from 0. */
function run(trial: Trial): { readonly shape: number[]; readonly values: number[] } {
  return tf.tidy(() => {
    const { layer, shape } = build(trial)
    const counting = (size: Shape) =>
      tf.reshape(
        tf.range(
          0,
          size.reduce((a, b) => a * b, 1),
          1,
          'float32',
        ),
        [1, ...size],
      )
    const given = {
      ...INPUTS_ALONE,
      options: trial.options ?? {},
      ...(trial.x2 === undefined ? {} : { tensors: { x2: [counting(trial.x2)] } }),
    }
    const [output] = tensorsOf(layer.call(trial.inputs.map(counting), [], newPass(false, createRandom(0)), given))
    expect(output?.shape.slice(1)).toEqual(shape)
    return { shape: [...shape], values: [...(output?.dataSync() ?? [])] }
  })
}

beforeAll(async () => {
  await loadBackend('wasm')
})

describe('an operation of keras.ops', () => {
  it.each<[string, Trial, Shape, readonly number[]]>([
    ['x - 1', { operation: 'Subtract', inputs: [[3]], options: { x2: 1 } }, [3], [-1, 0, 1]],
    ['1 - x', { operation: 'Subtract', inputs: [[3]], options: { x1: 1 } }, [3], [1, 0, -1]],
    ['x + y, stretched', { operation: 'Add', inputs: [[2, 1]], x2: [2, 2] }, [2, 2], [0, 1, 3, 4]],
    ['x[:, 1]', { operation: 'GetItem', inputs: [[3, 2]], options: { key: [ALL, 1] } }, [2], [2, 3]],
    [
      'x[:, ::2]',
      { operation: 'GetItem', inputs: [[5]], options: { key: [ALL, slice(null, null, 2)] } },
      [3],
      [0, 2, 4],
    ],
    ['x[:, -2:9]', { operation: 'GetItem', inputs: [[5]], options: { key: [ALL, slice(-2, 9, null)] } }, [2], [3, 4]],
    [
      'x[..., -1]',
      { operation: 'GetItem', inputs: [[2, 3]], options: { key: [{ class_name: '__ellipsis__', config: {} }, -1] } },
      [2],
      [2, 5],
    ],
    ['an int of what is none', { operation: 'Cast', config: { dtype: 'int32' }, inputs: [[2]] }, [2], [0, 1]],
  ])('%s', (_, trial, shape, values) => {
    expect(run(trial)).toEqual({ shape, values })
  })

  it.each<[string, Trial, string]>([
    ['a sum of rows', { operation: 'Sum', config: { axis: null }, inputs: [[3]] }, 'MODEL_INVALID'],
    ['the row axis', { operation: 'Mean', config: { axis: 0 }, inputs: [[3]] }, 'MODEL_INVALID'],
    ['an axis that is not there', { operation: 'Max', config: { axis: 2 }, inputs: [[3]] }, 'MODEL_INVALID'],
    ['a row by its number', { operation: 'GetItem', inputs: [[3]], options: { key: 0 } }, 'MODEL_UNSUPPORTED'],
    ['some rows', { operation: 'GetItem', inputs: [[3]], options: { key: [slice(0, 1, null)] } }, 'MODEL_UNSUPPORTED'],
    ['an index too far', { operation: 'GetItem', inputs: [[3]], options: { key: [ALL, 3] } }, 'MODEL_INVALID'],
    ['too many indices', { operation: 'GetItem', inputs: [[3]], options: { key: [ALL, 0, 0] } }, 'MODEL_INVALID'],
    ['nothing', { operation: 'GetItem', inputs: [[3]], options: { key: [ALL, slice(2, 2, null)] } }, 'MODEL_INVALID'],
    [
      'a slice backwards',
      { operation: 'GetItem', inputs: [[3]], options: { key: [ALL, slice(null, null, -1)] } },
      'MODEL_UNSUPPORTED',
    ],
    [
      'an index by a list',
      { operation: 'GetItem', inputs: [[3]], options: { key: [ALL, [0, 1]] } },
      'MODEL_UNSUPPORTED',
    ],
    ['two numbers', { operation: 'Add', inputs: [[3]], options: { x1: 1, x2: 2 } }, 'MODEL_INVALID'],
    ['a text', { operation: 'Add', inputs: [[3]], options: { x2: 'one' } }, 'MODEL_UNSUPPORTED'],
    ['shapes that do not fit', { operation: 'Multiply', inputs: [[3]], x2: [2] }, 'MODEL_INVALID'],
    ['a reshape of rows', { operation: 'Reshape', config: { newshape: [4, -1] }, inputs: [[3]] }, 'MODEL_UNSUPPORTED'],
    [
      'a reshape to another size',
      { operation: 'Reshape', config: { newshape: [-1, 4] }, inputs: [[3]] },
      'MODEL_INVALID',
    ],
    ['rows turned over', { operation: 'Transpose', config: { axes: [1, 0] }, inputs: [[3]] }, 'MODEL_INVALID'],
    ['matrices that do not meet', { operation: 'Matmul', inputs: [[2, 3]], x2: [2, 3] }, 'MODEL_INVALID'],
    ['a cast to text', { operation: 'Cast', config: { dtype: 'string' }, inputs: [[3]] }, 'MODEL_UNSUPPORTED'],
  ])('refuses %s', (_, trial, code) => {
    expect(errorOf(TrainingError, () => build(trial)).code).toBe(code)
  })
})
