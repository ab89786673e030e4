/** Cells as configs name them, alone or in a stack. @module */

import type { JsonValue } from '@aibomgen/core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { ConfigReader, isJsonObject, textOf } from '../../config-reader.ts'
import { firstOf, weightsWithin, type Shape } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'
import { assertFloat32 } from '../../model-config.ts'
import { withRules } from '../../weight-rules.ts'
import { weightGroups } from '../../weight-paths.ts'
import type { Cell, CellRun } from './cell.ts'
import { gruCell, lstmCell, simpleRnnCell, type CellFactory } from './dense-cells.ts'

const CELLS: ReadonlyMap<string, CellFactory> = new Map([
  ['GRUCell', gruCell],
  ['LSTMCell', lstmCell],
  ['SimpleRNNCell', simpleRnnCell],
])

/** Classes that a config may name as a cell. */
export const CELL_CLASSES: readonly string[] = [...CELLS.keys(), 'StackedRNNCells']

/** Where a cell is to stand. */
interface CellPlace {
  readonly step: Shape
  readonly trainable: boolean
}

/**
 * The cell that a serialized object describes.
 *
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED`
 */
export function readCellObject(object: JsonValue, where: string, place: CellPlace): Cell {
  const className = isJsonObject(object) ? textOf(object.class_name) : ''
  if (!isJsonObject(object) || !isJsonObject(object.config)) throw modelInvalid(`${where}: expected a serialized cell`)
  const config = new ConfigReader(object.config, `${where}, cell ${className}`)
  assertFloat32(config)
  config.ignore('name')
  const trainable = config.boolean('trainable', true) && place.trainable
  const factory = CELLS.get(className)
  if (factory === undefined && className !== 'StackedRNNCells') throw modelUnsupported('cell', className, where)
  const cell =
    factory === undefined ? stackedCells(config, { ...place, trainable }) : factory(config, place.step, trainable)
  const weights = withRules(cell.weights, config)
  config.finish()
  return { ...cell, weights }
}

/** `keras.layers.StackedRNNCells`: each cell's output is the next one's input, within one step. */
function stackedCells(config: ConfigReader, { step, trainable }: CellPlace): Cell {
  const objects = config.value('cells')
  if (!Array.isArray(objects) || objects.length === 0) throw modelInvalid(`${config.where}: expected a list of cells`)
  let input = step
  const cells = (objects as readonly JsonValue[]).map((object) => {
    const cell = readCellObject(object, config.where, { step: input, trainable })
    input = cell.output
    return cell
  })
  const groups = weightGroups(
    (objects as readonly JsonValue[]).map((object) => (isJsonObject(object) ? textOf(object.class_name) : '')),
  )
  return {
    weights: cells.flatMap((cell, index) => weightsWithin(`cells/${groups[index] ?? ''}`, cell.weights)),
    states: cells.flatMap((cell) => cell.states),
    output: input,
    begin(weights, pass, rows) {
      let next = 0
      const runs = cells.map((cell) => {
        const own = weights.slice(next, next + cell.weights.length)
        next += cell.weights.length
        return cell.begin(own, pass, rows)
      })
      return stackedRun(cells, runs)
    },
  }
}

function stackedRun(cells: readonly Cell[], runs: readonly CellRun[]): CellRun {
  return {
    project: (inputs) => runs[0]?.project(inputs) ?? inputs,
    step(projected, states) {
      let next = 0
      let output = projected
      const after: Tensor[] = []
      for (const [index, run] of runs.entries()) {
        const count = cells[index]?.states.length ?? 0
        const given = run.step(index === 0 ? projected : run.project(output), states.slice(next, next + count))
        output = firstOf([given.output])
        after.push(...given.states)
        next += count
      }
      return { output, states: after }
    },
  }
}
