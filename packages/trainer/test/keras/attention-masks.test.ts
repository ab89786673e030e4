import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonObject } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { ConfigReader } from '../../src/keras/config-reader.ts'
import { newPass } from '../../src/keras/forward.ts'
import { BY_ITSELF, INPUTS_ALONE, type TensorArguments } from '../../src/keras/layer.ts'
import { LAYER_FACTORIES } from '../../src/keras/layers/layer-factories.ts'
import { sizeOf } from '../../src/keras/shapes.ts'
import { createRandom } from '../../src/random.ts'
import { numbers } from './layer-harness.ts'

const QUERY = [4, 6]
const VALUE = [5, 6]

/** `inputs` takes query and value together; else the value is an argument of its own. */
const LAYERS: readonly (readonly [string, JsonObject, 'inputs' | 'arguments'])[] = [
  ['Attention', {}, 'inputs'],
  ['AdditiveAttention', {}, 'inputs'],
  ['MultiHeadAttention', { num_heads: 2, key_dim: 3 }, 'arguments'],
  ['GroupQueryAttention', { num_query_heads: 4, num_key_value_heads: 2, head_dim: 3 }, 'arguments'],
]

beforeAll(async () => {
  await loadBackend('wasm')
})

describe.each(LAYERS)('masks of %s', (type, config, form) => {
  const query = numbers(2 * sizeOf(QUERY), 1)
  const value = numbers(2 * sizeOf(VALUE), 2)

  /** What the layer gives for a value of so many positions. */
  function run(positions: number, more: (masks: { readonly valueMask: Tensor }) => Partial<TensorArguments>): number[] {
    return tf.tidy(() => {
      const factory = LAYER_FACTORIES.get(type)
      if (factory === undefined) throw new TypeError(`no layer ${type}`)
      const shape = [positions, 6]
      const given = form === 'inputs' ? { tensors: {}, options: {} } : { tensors: { value: [shape] }, options: {} }
      const inputs = form === 'inputs' ? [QUERY, shape] : [QUERY]
      const layer = factory(new ConfigReader(config, type), inputs, true, { ...BY_ITSELF, given })
      const weights = layer.weights.map((weight, index) =>
        tf.variable(tf.tensor(numbers(sizeOf(weight.shape), 50 + index), [...weight.shape])),
      )
      const tensors = [tf.tensor(query, [2, ...QUERY]), tf.slice(tf.tensor(value, [2, ...VALUE]), 0, [2, positions, 6])]
      const valueMask = tf.tensor2d([1, 1, 1, 0, 0, 1, 1, 1, 0, 0], [2, 5])
      const asked = more({ valueMask })
      const arguments_ = form === 'inputs' ? { ...INPUTS_ALONE, ...asked } : { ...INPUTS_ALONE, ...asked, tensors: { value: tensors.slice(1), ...asked.tensors } } // prettier-ignore
      const result = layer.call(form === 'inputs' ? tensors : tensors.slice(0, 1), weights, newPass(false, createRandom(0)), arguments_) // prettier-ignore
      const output = 'tensors' in result ? result.tensors[0] : result
      const values = [...(output?.dataSync() ?? [])]
      tf.dispose(weights)
      return values
    })
  }

  it('what a mask of the value hides does not count', () => {
    const hidden = run(5, ({ valueMask }) =>
      form === 'inputs' ? { masks: [undefined, valueMask] } : { otherMasks: { value: [valueMask] } },
    )
    const cut = run(3, () => ({}))
    expect(hidden).toHaveLength(2 * sizeOf(QUERY))
    hidden.forEach((number, index) => expect(number).toBeCloseTo(cut[index] ?? NaN, 5))
    expect(run(5, () => ({}))).not.toEqual(hidden)
  })

  it('causal attention looks at nothing that comes after', () => {
    const causal = run(5, () => ({ options: { use_causal_mask: true } }))
    const first = run(1, () => ({}))
    // the first query of each row sees the first value alone
    for (const row of [0, 1]) {
      for (let feature = 0; feature < 6; feature += 1) {
        expect(causal[row * 24 + feature]).toBeCloseTo(first[row * 24 + feature] ?? NaN, 5)
      }
    }
  })
})
