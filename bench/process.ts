/** Other programs, as peers and as children of our own. @module */

import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

/** How a program is run. */
export interface RunOptions {
  /** Variables on top of our own environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutSeconds?: number
}

/** What the program prints, once it ended with exit code 0. Its errors are those of `execFile`. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  { env = {}, timeoutSeconds = 300 }: RunOptions = {},
): Promise<string> {
  const { stdout } = await exec(program, parameters, {
    env: { ...process.env, ...env },
    timeout: timeoutSeconds * 1000,
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  return stdout
}

/** What a script of `children/` prints, as a number. It runs our sources in a process of its own. */
export async function runChild(script: string, parameters: readonly string[], options?: RunOptions): Promise<number> {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url))
  return toFigure(await runProgram(process.execPath, ['--conditions=@aibomgen/source', path, ...parameters], options))
}

/** What a Python script of `peers/` prints, one number a line. */
export async function runPeer(python: string, script: string, parameters: readonly string[]): Promise<number[]> {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url))
  const printed = await runProgram(python, [path, ...parameters], { env: { TF_CPP_MIN_LOG_LEVEL: '3' } })
  return printed.trim().split('\n').map(toFigure)
}

/** A Python that can import `module`: the one that AIBOMGEN_TEST_PYTHON names, that of the tests, or the system's. */
export async function findPython(module: string): Promise<string | undefined> {
  const named = process.env['AIBOMGEN_TEST_PYTHON']
  const ofTests = join(homedir(), '.cache', 'aibomgen-keras', 'bin', 'python')
  for (const python of [named, ofTests, '/usr/bin/python3', 'python3']) {
    if (python !== undefined && (await canRun(python, ['-c', `import ${module}`]))) return python
  }
  return undefined
}

/** Whether a program was stopped because its time was over. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'killed' in error && error.killed === true
}

/** Whether the program is there, and ends with exit code 0. */
export async function canRun(program: string, parameters: readonly string[]): Promise<boolean> {
  return runProgram(program, parameters).then(
    () => true,
    () => false,
  )
}

function toFigure(line: string): number {
  const figure = Number(line)
  if (line.trim() === '' || !Number.isFinite(figure)) throw new Error(`expected a number, got ${JSON.stringify(line)}`)
  return figure
}
