/** What every backend is held to: it trains as plain JavaScript does. @module */

import { memory } from '@tensorflow/tfjs-core'
import { SdkError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import type { BackendName } from '../../src/backends/training-backend.ts'
import type { History } from '../../src/fit-options.ts'
import { fit } from '../../src/fit.ts'
import { createKerasModel, type LayerDescription } from '../../src/keras/create-model.ts'
import { loadKerasModel } from '../../src/keras/load-model.ts'
import { predict } from '../../src/keras/predict.ts'
import { rowSourceOf, upTo, wholeRun, type Nested } from '../row-tables.ts'

interface Case {
  readonly input: readonly number[]
  readonly layers: readonly LayerDescription[]
  /** The number at a row's place. */
  readonly fill: (row: number, index: number) => number
}

const CASES: Readonly<Record<string, Case>> = {
  mlp: {
    input: [5],
    layers: [{ type: 'Dense', units: 8, activation: 'tanh' }],
    fill: (row, index) => Math.sin(row + index * index),
  },
  cnn: {
    input: [8, 8, 1],
    layers: [
      { type: 'Conv2D', filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' },
      { type: 'BatchNormalization' },
      { type: 'MaxPooling2D', poolSize: 3, padding: 'same' },
      { type: 'AveragePooling2D', poolSize: 2, padding: 'same' },
      { type: 'Flatten' },
    ],
    fill: (row, index) => Math.cos(row * 3 + index),
  },
  text: {
    input: [6],
    layers: [
      { type: 'Embedding', inputDim: 11, outputDim: 4 },
      { type: 'LayerNormalization' },
      { type: 'GlobalAveragePooling1D' },
    ],
    fill: (row, index) => (row * 5 + index * 3) % 11,
  },
}

const ROWS = 40
/** A processor that plays a graphics card takes its time to compile. */
const TIMEOUT = { timeout: 300_000 }

interface Run {
  readonly history: History
  readonly predictions: readonly number[]
}

/** Why a backend is not to be had here; undefined where it is. */
async function reasonAgainst(name: BackendName): Promise<string | undefined> {
  try {
    await loadBackend(name)
    return undefined
  } catch (error) {
    if (error instanceof SdkError && error.code === 'BACKEND_UNAVAILABLE') return error.message
    throw error
  }
}

/** The contract's tests for one backend; skipped, with the reason, where it is not to be had. */
export async function testBackend(backend: BackendName): Promise<void> {
  const reason = await reasonAgainst(backend)
  describe.skipIf(reason !== undefined)(
    `backend ${backend}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    () => {
      it.each(Object.keys(CASES))('trains the %s as plain JavaScript does', TIMEOUT, async (name) => {
        const reference = await train('cpu', name)
        const run = await train(backend, name)
        expect(Object.keys(run.history)).toEqual(Object.keys(reference.history))
        for (const [metric, values] of Object.entries(reference.history)) {
          const tolerance = metric.endsWith('accuracy') ? 1.01 / 8 : 1e-3 // a row on the border
          values.forEach((value, epoch) => {
            expect(Math.abs((run.history[metric]?.[epoch] ?? NaN) - value), metric).toBeLessThan(tolerance)
          })
        }
        run.predictions.forEach((value, index) => expect(value).toBeCloseTo(reference.predictions[index] ?? NaN, 3))
      })

      it('keeps no tensor once a run is over', TIMEOUT, async () => {
        await train(backend, 'cnn')
        const before = memory().numTensors
        await train(backend, 'cnn')
        expect(memory().numTensors).toBe(before)
      })

      it('says what it computes with', async () => {
        const report = await loadBackend(backend)
        expect(report.name).toBe(backend)
        expect(Object.values(report.versions).every((version) => /^\d+\.\d+/.test(version))).toBe(true)
        expect(report.devices.length).toBeGreaterThan(0)
      })
    },
  )
}

async function train(backend: BackendName, name: string): Promise<Run> {
  await loadBackend(backend)
  const { input, layers, fill } = CASES[name] as Case
  const bytes = createKerasModel({
    name,
    input,
    layers: [...layers, { type: 'Dense', units: 3, activation: 'softmax' }],
    compile: {
      optimizer: { type: 'Adam', learningRate: 0.01 },
      loss: 'sparse_categorical_crossentropy',
      metrics: ['accuracy'],
    },
    seed: 4,
  })
  const model = await loadKerasModel(bytes)
  const rows = Array.from({ length: ROWS }, (_, row): Nested => nest(input, (index) => fill(row, index)))
  const data = rowSourceOf(
    [rows] as readonly (readonly Nested[])[],
    Array.from(upTo(ROWS), (row) => [row % 3]),
  )
  const history = await fit(model, data, {
    ...wholeRun(upTo(32), upTo(ROWS).subarray(32)),
    epochs: 3,
    batchSize: 8,
  })
  const all = await data.gather(upTo(ROWS))
  return { history, predictions: (await predict(model, all.inputs, ROWS)).flatMap((output) => [...output]) }
}

function nest([size = 1, ...inner]: readonly number[], fill: (index: number) => number, offset = 0): Nested[] {
  const width = inner.reduce((product, part) => product * part, 1)
  return Array.from({ length: size }, (_, index): Nested => {
    const start = offset + index * width
    return inner.length === 0 ? fill(start) : nest(inner, fill, start)
  })
}
