import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { parseDatasetDefinition } from '../../src/dataset-definition.ts'
import { prepareDataset } from '../../src/datasets/prepare-dataset.ts'
import { fit } from '../../src/fit.ts'
import { labelKindOf } from '../../src/keras/compile-config.ts'
import { loadKerasModel } from '../../src/keras/load-model.ts'
import { predict } from '../../src/keras/predict.ts'
import { createRandom } from '../../src/random.ts'
import { noReferenceData, referenceFile } from '../reference-data.ts'
import { flatNumbers, upTo, wholeRun } from '../row-tables.ts'

let scratch = ''
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'aibomgen-digits-'))
  await loadBackend('wasm')
})
afterAll(() => rm(scratch, { recursive: true }))

describe.skipIf(noReferenceData)(`the digits run${noReferenceData}`, () => {
  it('ends where Keras ends', async () => {
    const reference = JSON.parse((await readFile(referenceFile('digits-image/reference.json'))).toString())
    const definition = parseDatasetDefinition(await readFile(referenceFile('digits-image/definition.yaml')))
    const model = await loadKerasModel(new Uint8Array(await readFile(referenceFile('digits-image/model.keras'))))
    const { source, manifest } = await prepareDataset(
      { dataset: referenceFile('digits-image/dataset.zip'), scratch },
      definition,
      {
        inputs: model.inputs,
        outputs: model.outputs.map((output) => ({ ...output, labelKind: labelKindOf(model.compile) })),
        validationSplit: 0,
        shuffle: false,
        random: createRandom(1),
        signal: new AbortController().signal,
      },
    )
    expect(manifest.rows).toBe(reference.rows)
    const first = (await source.gather(upTo(8))).inputs

    expectClose((await predict(model, first, 8))[0] ?? [], reference.predictions_before_first_8, 1e-5)
    const history = await fit(model, source, {
      ...wholeRun(upTo(reference.rows), upTo(0)),
      epochs: reference.fit.epochs,
      batchSize: reference.fit.batch_size,
    })
    expect(Object.keys(history).sort()).toEqual(Object.keys(reference.history).sort())
    for (const [name, values] of Object.entries<number[]>(reference.history)) {
      expectClose(history[name] ?? [], values, 1e-5)
    }
    expectClose((await predict(model, first, 8))[0] ?? [], reference.predictions_after_first_8, 1e-5)
  })
})

function expectClose(got: ArrayLike<number>, expected: Parameters<typeof flatNumbers>[0], tolerance: number): void {
  const numbers = flatNumbers(expected)
  expect(got).toHaveLength(numbers.length)
  numbers.forEach((value, index) => expect(Math.abs((got[index] ?? NaN) - value)).toBeLessThan(tolerance))
}
