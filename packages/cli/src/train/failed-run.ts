/** What is kept of a run that failed: its logs. @module */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { concatBytes, utf8Encode } from '@aibomgen/core'
import { writeFileAtomic } from '@aibomgen/core/node'

/** Keeps a failed run's log, closed with the error that ended it. Gives the file's path. */
export async function keepFailedRun(
  home: string,
  jobId: string,
  log: readonly Uint8Array[],
  error: unknown,
): Promise<string> {
  const directory = join(home, 'failed', jobId)
  const path = join(directory, 'logs.txt')
  const message = error instanceof Error ? error.message : String(error)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFileAtomic(path, concatBytes(...log, utf8Encode(`${message}\n`)), 0o600)
  return path
}
