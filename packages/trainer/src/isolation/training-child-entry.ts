/** Where the programs of confined processes lie. @module */

import { fileURLToPath } from 'node:url'

import type { TrainingChild } from './isolation.ts'

type Entry = Pick<TrainingChild, 'entry' | 'execArgv'>

/** The program `@aibomgen/trainer/child`: the built file, or the source where we run from source ourselves. */
export function trainingChildEntry(): Entry {
  return entryOf('../child/main.ts', './child.js')
}

/** The program that compares two models, found the same way. */
export function comparisonEntry(): Entry {
  return entryOf('../child/compare-main.ts', './compare.js')
}

/** The program that goes between a container's standard streams and a child's channel. */
export function containerLauncherEntry(): Entry {
  return entryOf('../child/launch-main.ts', './launch.js')
}

function entryOf(source: string, built: string): Entry {
  const fromSource = import.meta.url.endsWith('.ts')
  const entry = fileURLToPath(new URL(fromSource ? source : built, import.meta.url))
  return { entry, execArgv: fromSource ? ['--conditions=@aibomgen/source'] : [] }
}
