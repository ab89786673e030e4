/** A container engine's command line client: docker's or podman's. @module */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const MAX_ANSWER_BYTES = 1024 * 1024
/** An engine that has not answered by then is taken for one that does not work. */
const ANSWER_SECONDS = 60

/** Asks an engine. */
export interface ContainerEngine {
  readonly program: string
  /** All that the client gets to know of ours: where its engine is, and where its settings lie. */
  readonly environment: Readonly<Record<string, string>>
  /**
   * What the client prints, white space around it removed.
   *
   * @throws Error that says what the client said
   */
  ask(argv: readonly string[]): Promise<string>
}

/** An engine by the name or path of its client. */
export function createContainerEngine(program: string, environment: Readonly<Record<string, string>>): ContainerEngine {
  return {
    program,
    environment,
    async ask(argv) {
      const options = { env: environment, timeout: ANSWER_SECONDS * 1000, maxBuffer: MAX_ANSWER_BYTES } as const
      try {
        const { stdout } = await promisify(execFile)(program, argv, { ...options, killSignal: 'SIGKILL' })
        return stdout.trim()
      } catch (cause) {
        throw new Error(`${program} ${argv[0] ?? ''}: ${describeFailure(cause)}`, { cause })
      }
    },
  }
}

/** Its last line: what goes before are warnings, and what it may do instead. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && error.code === 'ENOENT') return 'there is no such program'
  if ('killed' in error && error.killed === true) return `no answer in ${ANSWER_SECONDS} s`
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : ''
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('See '))
  return lines.at(-1)?.trim() ?? error.message
}
