/** A training child on its own, watched from its start to its end. @module */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { NotMeasured } from './benchmark.ts'
import { watchPeak } from './watch-peak.ts'

/** What was seen of a child that trained to its end. */
export interface WatchedTraining {
  readonly kind: 'seen'
  /** The most it held at a time. */
  readonly megabytes: number
  readonly seconds: number
  readonly processorSeconds: number
}

/** Trains the job whose inputs lie in `directory`, in a child that nothing confines. */
export async function watchTrainingChild(directory: string): Promise<WatchedTraining | NotMeasured> {
  const entry = fileURLToPath(import.meta.resolve('@aibomgen/trainer/child'))
  const execArgv = entry.endsWith('.ts') ? ['--conditions=@aibomgen/source'] : []
  const start = performance.now()
  const child = spawn(process.execPath, [...execArgv, entry, 'inputs/job.json', 'outputs'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const watching = new AbortController()
  const peak = watchPeak(child.pid ?? 0, watching.signal)
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  watching.abort()
  const seconds = (performance.now() - start) / 1000
  if (exitCode !== 0) return { kind: 'not measured', reason: `the training child exited with ${exitCode}` }
  return { kind: 'seen', seconds, ...(await peak) }
}
