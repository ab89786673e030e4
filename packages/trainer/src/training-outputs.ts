/** The five files that a training run leaves, and nothing else. @module */

import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { OUTPUT_NAMES, TrainingError } from '@aibomgen/core'

const OUTPUT_DIRECTORY = 'outputs'

/**
 * Makes sure that `outputs/` in `directory` is a directory of exactly the five files of `OUTPUT_NAMES`, each a regular
 * file that no other name leads to.
 *
 * @throws TrainingError `CHILD_PROTOCOL`
 */
export async function assertTrainingOutputs(directory: string): Promise<void> {
  if (!(await lstat(join(directory, OUTPUT_DIRECTORY))).isDirectory())
    throw noOutput(`${OUTPUT_DIRECTORY} is no directory`)
  const names = (await readdir(join(directory, OUTPUT_DIRECTORY))).map((name) => `${OUTPUT_DIRECTORY}/${name}`)
  const unexpected = names.find((name) => !(OUTPUT_NAMES as readonly string[]).includes(name))
  if (unexpected !== undefined) throw noOutput(`${JSON.stringify(unexpected)} is none of the outputs`)
  for (const name of OUTPUT_NAMES) {
    if (!names.includes(name)) throw noOutput(`${name} is missing`)
    const file = await lstat(join(directory, name))
    if (!file.isFile()) throw noOutput(`${name} is no regular file`)
    if (file.nlink !== 1) throw noOutput(`${name} is also linked from elsewhere`)
  }
}

function noOutput(reason: string): TrainingError {
  return new TrainingError('CHILD_PROTOCOL', `the training child left wrong outputs: ${reason}`, { reason })
}
