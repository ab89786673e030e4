import * as tf from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'
import type { JsonObject } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { newPass } from '../../src/keras/forward.ts'
import { INPUTS_ALONE, type Shape } from '../../src/keras/layer.ts'
import { makeLayer } from '../../src/keras/make-layer.ts'
import { createRandom } from '../../src/random.ts'
import { errorOf } from '../error-of.ts'

/** Runs a layer without weights on ones, with a mask of ones of its own shape. */
function run(className: string, config: JsonObject, shape: Shape, mask: Shape): number[] {
  const place = { inputs: [shape], given: INPUTS_ALONE, trainable: true }
  const { layer } = makeLayer({ name: 'tried', className, config }, place)
  const masks = [tf.ones([1, ...mask], 'bool')]
  const result = layer.call([tf.ones([1, ...shape])], [], newPass(false, createRandom(0)), { ...INPUTS_ALONE, masks })
  return [...(('tensors' in result ? result.tensors[0] : result)?.dataSync() ?? [])]
}

beforeAll(async () => {
  await loadBackend('cpu')
})

describe('a mask', () => {
  const around = (class_name: string) => ({ layer: { class_name, module: 'keras.layers', config: { name: 'inner' } } })

  it('that hides nothing changes no softmax', () => {
    expect(run('Softmax', {}, [2, 2], [1, 2])).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  it('that does not fit the scores of a softmax is refused', () => {
    expect(errorOf(TrainingError, () => run('Softmax', {}, [2, 3], [2])).code).toBe('MODEL_INVALID')
  })

  it('reaches no layer inside TimeDistributed that would take it', () => {
    expect(run('TimeDistributed', around('ReLU'), [2, 3], [2])).toEqual([1, 1, 1, 1, 1, 1])
    expect(errorOf(TrainingError, () => run('TimeDistributed', around('Softmax'), [2, 3], [2])).code).toBe(
      'MODEL_UNSUPPORTED',
    )
  })
})
