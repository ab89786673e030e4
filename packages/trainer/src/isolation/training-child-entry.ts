/** Where the training child's program lies. @module */

import { fileURLToPath } from 'node:url'

import type { TrainingChild } from './isolation.ts'

/** The program `@aibomgen/trainer/child`: the built file, or the source where we run from source ourselves. */
export function trainingChildEntry(): Pick<TrainingChild, 'entry' | 'execArgv'> {
  const fromSource = import.meta.url.endsWith('.ts')
  const entry = fileURLToPath(new URL(fromSource ? '../child/main.ts' : './child.js', import.meta.url))
  return { entry, execArgv: fromSource ? ['--conditions=@aibomgen/source'] : [] }
}
