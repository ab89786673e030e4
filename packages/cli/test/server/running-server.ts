/** `aibomgen serve` and its workers as processes, for tests. @module */

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { Ended, Place } from '../run-cli.ts'

/** A process that runs on. */
export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** The first line that it printed on stdout. */
  readonly firstLine: string
}

/** Starts a command that runs on, and returns once it says that it does. */
export async function startRunning(place: Place, ...argv: readonly string[]): Promise<Running> {
  const { process, ended } = place.start(...argv)
  if (process.stdout === null) throw new TypeError('stdout is a pipe')
  const firstLine = once(createInterface(process.stdout), 'line').then(([line]) => String(line))
  const early = ended.then(({ stderr }) => Promise.reject(new Error(`${argv.join(' ')} ended: ${stderr}`)))
  return { process, ended, firstLine: await Promise.race([firstLine, early]) }
}

/** Starts a server on a free port: its URL, and its process. */
export async function startServer(
  place: Place,
  ...flags: readonly string[]
): Promise<Running & { readonly url: string }> {
  const running = await startRunning(place, 'serve', '--port', '0', ...flags)
  return { ...running, url: /^\S+/.exec(running.firstLine)?.[0] ?? '' }
}

/** Asks a process to stop, and waits until it has. */
export async function stop({ process, ended }: Running): Promise<Ended> {
  process.kill('SIGTERM')
  return ended
}
