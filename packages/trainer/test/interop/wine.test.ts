import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { fit } from '../../src/fit.ts'
import { flatNumbers, rowSourceOf, upTo, wholeRun } from '../row-tables.ts'
import { loadKerasModel } from '../../src/keras/load-model.ts'
import type { KerasModel } from '../../src/keras/model.ts'
import { predict } from '../../src/keras/predict.ts'
import type { RowBatch } from '../../src/row-source.ts'

const folder = join(import.meta.dirname, '../../../../../shared/data/wine-csv')

describe.skipIf(!existsSync(folder))(`the wine run (skipped without ${folder})`, () => {
  beforeAll(async () => {
    await loadBackend('wasm')
  })

  it('ends where Keras ends', async () => {
    const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'))
    const [, ...lines] = readFileSync(join(folder, 'dataset.csv'), 'utf8').trim().split('\n')
    const rows = lines.map((line) => line.split(',').map(Number))
    const { mean, std } = reference.standardization
    const features = rows.map((row) =>
      row.slice(0, 13).map((value, column) => (value - mean[column]) / (std[column] + 1e-8)),
    )
    const data = rowSourceOf(
      [features],
      rows.map((row) => row[13] ?? NaN),
    )
    const model = await loadKerasModel(new Uint8Array(readFileSync(join(folder, 'model.keras'))))
    const first = (await data.gather(upTo(8))).inputs

    expectClose(await onlyOutput(model, first), reference.predictions_before_first_8)
    const run = wholeRun(upTo(142), upTo(178).subarray(142))
    const history = await fit(model, data, {
      ...run,
      epochs: reference.fit.epochs,
      batchSize: reference.fit.batch_size,
    })
    expect(Object.keys(history)).toEqual(Object.keys(reference.history))
    for (const [name, values] of Object.entries<number[]>(reference.history)) expectClose(history[name] ?? [], values)
    expectClose(await onlyOutput(model, first), reference.predictions_after_first_8)
  })
})

async function onlyOutput(model: KerasModel, inputs: RowBatch['inputs']): Promise<Float32Array> {
  const [output, ...others] = await predict(model, inputs, 8)
  expect(others).toEqual([])
  return output ?? new Float32Array(0)
}

function expectClose(got: ArrayLike<number>, expected: Parameters<typeof flatNumbers>[0]): void {
  const numbers = flatNumbers(expected)
  expect(got).toHaveLength(numbers.length)
  numbers.forEach((value, index) => expect(Math.abs((got[index] ?? NaN) - value)).toBeLessThan(1e-5))
}
