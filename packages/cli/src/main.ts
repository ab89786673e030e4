/** The command line's way in and out: an exit code for everything, and one line for every error. @module */

import { inspect } from 'node:util'

import { CommanderError } from 'commander'

import type { CommandContext } from './command.ts'
import { readConfig } from './config.ts'
import { describeThrown } from './describe-thrown.ts'
import { createOutput } from './output.ts'
import { createProgram } from './program.ts'

/** Exit codes by error class, and by code where one means something else. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  VerificationError: 1,
  ParseError: 2,
  CryptoError: 2,
  ArtifactError: 2,
  TrainingError: 3,
  ConfigError: 78,
  // What the user typed or did not bring, not how the program was put together.
  USAGE: 2,
  TRUST_ROOT_MISSING: 2,
}
const EXIT_USAGE = 2
/** A mistake of ours: EX_SOFTWARE of sysexits(3). */
const EXIT_INTERNAL = 70

interface Failure {
  readonly code: string
  readonly message: string
  readonly detail: unknown
  readonly exitCode: number
}

/** Runs the command that `argv` (without node and script) asks for. Gives the exit code; never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const config = readConfig()
  const output = createOutput(process.stdout, process.stderr, config)
  const context: CommandContext = { config, output, exitCode: undefined, hint: undefined }
  process.stdout.off('error', ignoreClosedPipe).on('error', ignoreClosedPipe)
  try {
    const program = await createProgram(argv, context)
    await program.parseAsync(argv, { from: 'user' })
    return context.exitCode ?? 0
  } catch (error) {
    return reportFailure(error, argv, context)
  }
}

function reportFailure(error: unknown, argv: readonly string[], { output, hint, exitCode }: CommandContext): number {
  // Help and version end this way as well; commander has printed what there is to print.
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT_USAGE
  if (error instanceof CommanderError && error.exitCode === 0) return 0
  const failure = describeFailure(error)
  if (argv.includes('--debug')) output.stderr.write(`${describeStack(error)}\n`)
  const { code, message, detail } = failure
  if (argv.includes('--json')) output.printJson({ error: { code, message, detail } })
  output.note(`error ${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`)
  return exitCode ?? failure.exitCode
}

function describeFailure(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return { code: 'USAGE', message: error.message.replace(/^error: /, ''), detail: {}, exitCode: EXIT_USAGE }
  }
  if (error instanceof Error && 'code' in error && 'detail' in error && Object.hasOwn(EXIT_CODES, error.name)) {
    const code = String(error.code)
    const exitCode = EXIT_CODES[code] ?? EXIT_CODES[error.name] ?? EXIT_INTERNAL
    return { code, message: error.message, detail: error.detail, exitCode }
  }
  return { code: 'INTERNAL', message: describeThrown(error), detail: {}, exitCode: EXIT_INTERNAL }
}

function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error)
  const stack = error.stack ?? error.message
  return error.cause === undefined ? stack : `${stack}\ncaused by ${describeStack(error.cause)}`
}

/** `aibomgen … | head` closes the pipe early, and that is fine. */
function ignoreClosedPipe(error: Error): void {
  if (!('code' in error && error.code === 'EPIPE')) throw error
}
