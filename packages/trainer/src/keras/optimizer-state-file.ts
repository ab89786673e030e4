/** Where an optimizer stands, in `model.weights.h5`: the step count, the learning rate, then every slot. @module */

import { Group, type File } from 'h5wasm'

import type { Hdf5Dataset } from './hdf5-writer.ts'
import { readFloats, readNumber } from './hdf5-datasets.ts'
import type { ModelGraph } from './model.ts'
import type { SlotSpec } from './optimizers/update-rule.ts'
import type { OptimizerConfig, OptimizerState } from './optimizers.ts'
import { trainedWeights } from './trained-weights.ts'

const OPTIMIZER = 'optimizer/vars'

/**
 * Where the optimizer stood. Keras passes over an optimizer that was saved before its first step, or with another number
 * of variables; so does this.
 *
 * @returns undefined where there is nothing to go on from
 * @throws TrainingError `MODEL_INVALID`
 */
export function readOptimizerState(
  file: File,
  graph: ModelGraph,
  optimizer: OptimizerConfig,
): OptimizerState | undefined {
  const group = file.get(OPTIMIZER)
  const slots = slotsOf(graph, optimizer)
  const before = optimizer.keepsRate ? 2 : 1
  if (!(group instanceof Group) || group.keys().length !== before + slots.length) return undefined
  const path = (index: number): string => `${OPTIMIZER}/${index}`
  return {
    steps: Number(readNumber(file, path(0), { name: 'step count', shape: [] })),
    ...(optimizer.keepsRate
      ? { learningRate: Number(readNumber(file, path(1), { name: 'learning rate', shape: [] })) }
      : {}),
    slots: slots.map(({ shape, dtype }, index) => {
      const expected = { name: 'a slot of the optimizer', shape }
      const at = path(before + index)
      return dtype === 'int32'
        ? Float32Array.of(Number(readNumber(file, at, expected)))
        : readFloats(file, at, expected)
    }),
  }
}

/** The datasets that Keras finds an optimizer in; none where it never began. */
export function optimizerDatasets(
  graph: ModelGraph,
  optimizer: OptimizerConfig,
  state: OptimizerState | undefined,
): readonly Hdf5Dataset[] {
  if (state === undefined) return []
  const { steps, learningRate } = state
  const datasets: Omit<Hdf5Dataset, 'path'>[] = [{ shape: [], values: BigInt64Array.of(BigInt(steps)) }]
  if (learningRate !== undefined) datasets.push({ shape: [], values: Float32Array.of(learningRate) })
  slotsOf(graph, optimizer).forEach(({ shape, dtype }, index) => {
    const values = state.slots[index] ?? new Float32Array(0)
    datasets.push({ shape, values: dtype === 'int32' ? Int32Array.from(values) : values })
  })
  return datasets.map((dataset, index) => ({ ...dataset, path: `${OPTIMIZER}/${index}` }))
}

function slotsOf(graph: ModelGraph, optimizer: OptimizerConfig): readonly SlotSpec[] {
  return optimizer.slots(trainedWeights(graph).map(({ weight, name }) => ({ name, shape: weight.spec.shape })))
}
