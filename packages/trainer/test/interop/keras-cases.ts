/** Holds our training against Keras's, case by case of a file of cases. @module */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import type { FitOptions, History } from '../../src/fit-options.ts'
import { fit } from '../../src/fit.ts'
import { loadKerasModel, writeKerasModel } from '../../src/keras/load-model.ts'
import { summarizeModel } from '../../src/keras/model-summary.ts'
import { predict } from '../../src/keras/predict.ts'
import { fillTrainingParameters, readStructuredParameters } from '../../src/training-parameters.ts'
import { flatNumbers, rowSourceOfSeveral, upTo, wholeRun, type Nested } from '../row-tables.ts'
import { kerasPython, runKeras } from './keras-python.ts'

/** A file of our own making that Keras is to load: its bytes, and the inputs to try it with. */
export interface MadeHere {
  readonly name: string
  readonly bytes: Uint8Array
  readonly inputs: readonly (readonly Nested[])[]
}

/**
 * A test per case of `keras_cases_AREA.py`: same predictions before training, same parameters, same history; then Keras
 * loads what we wrote and predicts the same. With `goesOn`, Keras also trains our file on, as it trains its own.
 */
export function describeKerasCases(
  area: string,
  madeHere: readonly MadeHere[] = [],
  { goesOn = false }: { readonly goesOn?: boolean } = {},
): void {
  const names = caseNames(area)
  describe.skipIf(kerasPython === undefined)(`Keras, ${area} (skipped without a Python that has Keras)`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'keras-'))
    const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'))
    const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(join(directory, file)))
    const trained = new Map<string, readonly Float32Array[]>()

    beforeAll(async () => {
      runKeras('keras_reference.py', 'make', directory, area, ...(goesOn ? ['goes-on'] : []))
      await loadBackend('wasm')
      for (const { name, bytes: created, inputs } of madeHere) {
        writeFileSync(join(directory, `${name}.trained.keras`), created)
        writeFileSync(join(directory, `${name}.json`), JSON.stringify({ inputs }))
        const flat = inputs.map((input) => Float32Array.from(flatNumbers(input)))
        trained.set(name, await predict(await loadKerasModel(created), flat, inputs[0]?.length ?? 0))
      }
    }, 600_000)

    afterAll(() => {
      rmSync(directory, { recursive: true })
    })

    it.each(names)('%s: same predictions, same parameters, same history', async (name) => {
      const reference = read(`${name}.json`)
      const data = rowSourceOfSeveral(reference.inputs, reference.targets)
      const shapes = data.inputShapes.map((shape) => ({ shape }))
      const model = await loadKerasModel(bytes(`${name}.keras`), shapes)
      const all = await data.gather(upTo(data.rows))
      expectClose(await predict(model, all.inputs, data.rows), reference.before, 1e-5)
      expect(summarizeModel(model).parameters.total).toBe(reference.parameters)

      const history = await fit(model, data, {
        ...wholeRun(upTo(reference.train), upTo(data.rows).subarray(reference.train)),
        epochs: reference.epochs,
        batchSize: reference.batchSize,
        ...(reference.stepsPerEpoch === null ? {} : { stepsPerEpoch: reference.stepsPerEpoch }),
        ...(reference.validationSteps === null ? {} : { validationSteps: reference.validationSteps }),
        ...asked(reference),
      })
      expectHistory(history, reference.history)
      writeFileSync(join(directory, `${name}.trained.keras`), writeKerasModel(model))
      trained.set(name, await predict(model, all.inputs, data.rows))
    })

    it('Keras loads what we wrote and predicts the same', () => {
      runKeras('keras_reference.py', 'load', directory)
      expect([...trained.keys()].sort()).toEqual([...names, ...madeHere.map(({ name }) => name)].sort())
      for (const [name, predictions] of trained) expectClose(predictions, read(`${name}.loaded.json`), 1e-5, name)
    }, 600_000)

    it.runIf(goesOn).each(names)('%s: Keras trains our file on as its own', (name) => {
      expectHistory(read(`${name}.gone-on.json`), read(`${name}.json`).goneOn)
    })
  })
}

/** The names of the cases in one file, found without Python. */
export function caseNames(area: string): readonly string[] {
  return readFileSync(join(import.meta.dirname, `keras_cases_${area}.py`), 'utf8')
    .split(/^@case\(.*\)\ndef /m)
    .slice(1)
    .map((text) => text.slice(0, text.indexOf('(')))
}

/** What a case asks of `fit`, under our names: class weights by number, and callbacks with their defaults. */
function asked(reference: {
  readonly classWeight: Readonly<Record<string, number>> | null
  readonly earlyStopping: object | null
  readonly plateauDrop: object | null
}): Partial<FitOptions> {
  const { classWeight, earlyStopping, plateauDrop } = reference
  const parameters = fillTrainingParameters(
    { early_stopping: earlyStopping ?? undefined, reduce_lr_on_plateau: plateauDrop ?? undefined },
    { seed: 1 },
  )
  const { classWeights: _none, ...watched } = readStructuredParameters(parameters)
  if (classWeight === null) return watched
  return { ...watched, classWeights: Array.from({ length: 10 }, (_, number) => classWeight[number] ?? 1) }
}

function expectHistory(got: History, expected: Readonly<Record<string, readonly number[]>>): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected))
  for (const [metric, values] of Object.entries(expected)) {
    expect(got[metric], metric).toHaveLength(values.length)
    values.forEach((value, epoch) => {
      const [relative, name] = [epoch === 0 ? 1e-4 : 5e-4, `${metric}, epoch ${epoch}`]
      expect(Math.abs((got[metric]?.[epoch] ?? NaN) - value), name).toBeLessThan(relative * (1 + Math.abs(value)))
    })
  }
}

function expectClose(
  got: readonly Float32Array[],
  expected: readonly Nested[],
  tolerance: number,
  message?: string,
): void {
  expect(got).toHaveLength(expected.length)
  expected.map(flatNumbers).forEach((output, which) => {
    const ours = got[which] ?? []
    expect(ours).toHaveLength(output.length)
    const farthest = output.reduce((most, value, index) => Math.max(most, Math.abs(value - (ours[index] ?? NaN))), 0)
    expect(farthest, message).toBeLessThanOrEqual(tolerance)
  })
}
