import { expect, it } from 'vitest'

import { createKerasModel } from '../../src/keras/create-model.ts'
import { createRandom } from '../../src/random.ts'
import { caseNames, describeKerasCases } from './keras-cases.ts'

const madeHere = {
  name: 'made_here',
  inputs: [
    Array.from({ length: 5 }, (_, row) =>
      Array.from({ length: 6 }, (_, y) => Array.from({ length: 6 }, (_, x) => [Math.sin(row + y * x)])),
    ),
  ],
  bytes: createKerasModel({
    name: 'made_here',
    input: [6, 6, 1],
    layers: [
      { type: 'Conv2D', filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' },
      { type: 'BatchNormalization' },
      { type: 'MaxPooling2D', poolSize: 2 },
      { type: 'Flatten' },
      { type: 'Dropout', rate: 0.2 },
      { type: 'Dense', units: 3, activation: 'softmax' },
    ],
    compile: { optimizer: { type: 'AdamW' }, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy', 'auc'] },
    seed: 4,
  }),
}

describeKerasCases('basics', [madeHere])

it('names the cases that the file of basics has', () => {
  expect(caseNames('basics')).toEqual(
    expect.arrayContaining(['binary_adamw', 'every_activation', 'functional_branches']),
  )
})

it('draws the same model from the same seed', () => {
  const describeModel = (seed: number) =>
    createKerasModel({
      name: 'tiny',
      input: [2],
      layers: [{ type: 'Dense', units: 2 }],
      compile: { optimizer: { type: 'SGD' }, loss: 'mean_squared_error' },
      seed,
    })
  expect(describeModel(1)).toEqual(describeModel(1))
  expect(describeModel(1)).not.toEqual(describeModel(2))
  expect(createRandom(1).nextUint32()).toBe(createRandom(1).nextUint32())
})
