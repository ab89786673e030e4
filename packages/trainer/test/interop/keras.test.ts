import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { fit } from '../../src/fit.ts'
import { createKerasModel } from '../../src/keras/create-model.ts'
import { loadKerasModel, writeKerasModel } from '../../src/keras/load-model.ts'
import { summarizeModel } from '../../src/keras/model-summary.ts'
import { predict } from '../../src/keras/predict.ts'
import { createRandom } from '../../src/random.ts'
import { flatNumbers, rowSourceOf, upTo, wholeRun } from '../row-tables.ts'
import { kerasPython, runKeras } from './keras-python.ts'

const names = readFileSync(join(import.meta.dirname, 'keras_reference.py'), 'utf8')
  .split(/^@case\(.*\)\ndef /m)
  .slice(1)
  .map((text) => text.slice(0, text.indexOf('(')))

describe.skipIf(kerasPython === undefined)('models of real Keras (skipped without a Python that has Keras)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'keras-'))
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'))
  const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(join(directory, file)))
  const trained = new Map<string, Float32Array>()

  beforeAll(async () => {
    runKeras('keras_reference.py', 'make', directory)
    await loadBackend('wasm')
    const created = createKerasModel({
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
    })
    const input = Array.from({ length: 5 }, (_, row) =>
      Array.from({ length: 6 }, (_, y) => Array.from({ length: 6 }, (_, x) => [Math.sin(row + y * x)])),
    )
    writeFileSync(join(directory, 'made_here.trained.keras'), created)
    writeFileSync(join(directory, 'made_here.json'), JSON.stringify({ inputs: [input] }))
    trained.set('made_here', await predict(await loadKerasModel(created), [Float32Array.from(flatNumbers(input))], 5))
    expect(names).toEqual(expect.arrayContaining(['binary_adamw', 'every_activation', 'functional_branches']))
    expect(readdirSync(directory).filter((file) => file.endsWith('.keras'))).toHaveLength(names.length + 1)
  }, 180_000)

  afterAll(() => {
    rmSync(directory, { recursive: true })
  })

  it.each(names)('%s: same predictions, same parameters, same history', async (name) => {
    const reference = read(`${name}.json`)
    const model = await loadKerasModel(bytes(`${name}.keras`))
    const data = rowSourceOf(reference.inputs, reference.target)
    const all = await data.gather(upTo(data.rows))
    expectClose(await predict(model, all.inputs, data.rows), flatNumbers(reference.before), 1e-5)
    expect(summarizeModel(model).parameters.total).toBe(reference.parameters)

    const history = await fit(model, data, {
      ...wholeRun(upTo(reference.train), upTo(data.rows).subarray(reference.train)),
      epochs: reference.epochs,
      batchSize: reference.batchSize,
      ...(reference.stepsPerEpoch === null ? {} : { stepsPerEpoch: reference.stepsPerEpoch }),
      ...(reference.validationSteps === null ? {} : { validationSteps: reference.validationSteps }),
    })
    expect(Object.keys(history)).toEqual(Object.keys(reference.history))
    for (const [metric, values] of Object.entries<number[]>(reference.history)) {
      const got = history[metric] ?? []
      expect(got).toHaveLength(values.length)
      values.forEach((value, epoch) => {
        const [relative, name_] = [epoch === 0 ? 1e-4 : 5e-4, `${metric}, epoch ${epoch}`]
        expect(Math.abs((got[epoch] ?? NaN) - value), name_).toBeLessThan(relative * (1 + Math.abs(value)))
      })
    }
    writeFileSync(join(directory, `${name}.trained.keras`), writeKerasModel(model))
    trained.set(name, await predict(model, all.inputs, data.rows))
  })

  it('Keras loads what we wrote and predicts the same', () => {
    runKeras('keras_reference.py', 'load', directory)
    expect([...trained.keys()].sort()).toEqual([...names, 'made_here'].sort())
    for (const [name, predictions] of trained) expectClose(predictions, flatNumbers(read(`${name}.loaded.json`)), 1e-5)
  })
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

function expectClose(got: Float32Array, expected: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(expected.length)
  const farthest = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (got[index] ?? NaN))), 0)
  expect(farthest).toBeLessThanOrEqual(tolerance)
}
