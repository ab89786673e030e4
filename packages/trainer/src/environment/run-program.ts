/** Asks an installed program one question. @module */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { ABSENT, observed, unavailable, type Observed } from './observed.ts'

const MAX_OUTPUT_BYTES = 1024 * 1024

/**
 * What `program` prints, white space around it removed: `absent` where it is not installed, `unavailable` where it
 * fails, says more than 1 MiB or is stopped by `signal`.
 */
export async function runProgram(
  program: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<Observed<string>> {
  try {
    const options = { signal, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true } as const
    const { stdout } = await promisify(execFile)(program, argv, options)
    return observed(stdout.trim())
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'ENOENT') return ABSENT
    return unavailable(`${program.split('/').at(-1) ?? program} failed with ${code}`)
  }
}
