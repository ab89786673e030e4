/** Holds the weights of two `.keras` files against each other. @module */

import { Dataset, File, Group, ready } from 'h5wasm'

import { addDifference, NO_DIFFERENCE, type NumericDifference } from '../numeric-difference.ts'
import { readKerasArchive } from './archive.ts'
import { modelInvalid } from './model-errors.ts'

type Weights = ReadonlyMap<string, ArrayLike<number | bigint>>

/**
 * Every number of every weight of two models, by path; also what only one of them has.
 *
 * @throws ParseError `FORMAT_UNSUPPORTED`; TrainingError `MODEL_INVALID`
 */
export async function compareWeights(released: Uint8Array, reproduced: Uint8Array): Promise<NumericDifference> {
  const [one, other] = [await readAllWeights(released), await readAllWeights(reproduced)]
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort()
  return paths.reduce<NumericDifference>(
    (sum, path) => addDifference(sum, path, one.get(path) ?? [], other.get(path) ?? []),
    NO_DIFFERENCE,
  )
}

async function readAllWeights(model: Uint8Array): Promise<Weights> {
  const { weights } = readKerasArchive(model)
  const { FS } = await ready
  const name = '/compared.weights.h5'
  FS.writeFile(name, weights)
  try {
    const file = new File(name, 'r')
    try {
      const found = new Map<string, ArrayLike<number | bigint>>()
      collect(file, '', found)
      return found
    } finally {
      file.close()
    }
  } catch (cause) {
    throw modelInvalid('model.weights.h5 cannot be read', cause)
  } finally {
    FS.unlink(name)
  }
}

function collect(group: Group, path: string, found: Map<string, ArrayLike<number | bigint>>): void {
  for (const key of group.keys()) {
    const item = group.get(key)
    const itemPath = path === '' ? key : `${path}/${key}`
    if (item instanceof Group) collect(item, itemPath, found)
    else if (item instanceof Dataset) found.set(itemPath, numbersOf(item.value))
  }
}

function numbersOf(value: unknown): ArrayLike<number | bigint> {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>)
  if (typeof value === 'number' || typeof value === 'bigint') return [value]
  return []
}
