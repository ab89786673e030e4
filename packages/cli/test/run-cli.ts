/** Runs the command line from its sources, as a process of its own. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

/** How a run ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A place of a test's own: a home that is empty at first, and a directory to work in. */
export interface Place extends AsyncDisposable {
  readonly home: string
  readonly directory: string
  /** Runs `aibomgen` to its end. */
  run(...argv: readonly string[]): Promise<Ended>
  /** Starts `aibomgen`. */
  start(...argv: readonly string[]): { readonly process: ChildProcess; readonly ended: Promise<Ended> }
}

const bin = join(import.meta.dirname, 'bin.ts')

/** The example that the package brings. */
export const wine: string = resolve(import.meta.dirname, '../examples/wine')

/** Flags of a training on the wines that takes about two seconds. */
export const wineFlags: readonly string[] = [
  ...['--model', join(wine, 'model.keras')],
  ...['--dataset', join(wine, 'dataset.csv')],
  ...['--definition', join(wine, 'definition.yaml')],
  ...['--epochs', '2', '--seed', '7'],
]

/**
 * A place with the given environment on top of our own.
 *
 * @param wrapper - a command that runs the command line that follows it, elsewhere or otherwise
 */
export async function createPlace(
  environment: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'aibomgen-cli-'))
  const home = join(root, 'home')
  const start: Place['start'] = (...argv) => {
    const [command = '', ...rest] = [...wrapper, process.execPath, '--conditions=@aibomgen/source', bin, ...argv]
    const child = spawn(command, rest, {
      cwd: root,
      env: { ...process.env, AIBOMGEN_PASSPHRASE: '', ...environment, AIBOMGEN_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const closed = new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done))
    const ended = Promise.all([text(child.stdout), text(child.stderr), closed]).then(([stdout, stderr, exitCode]) => {
      return { stdout, stderr, exitCode }
    })
    return { process: child, ended }
  }
  return {
    home,
    directory: root,
    start,
    run: (...argv) => start(...argv).ended,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}
