/** Runs an installed program that may hang, break, or never stop talking. @module */

import { spawn } from 'node:child_process'

import { concatBytes } from '@aibomgen/core'

import { notScanned, type NotScanned } from './vulnerability-scan.ts'

/** A program, and what it may take. */
export interface ToolCall {
  /** A name to look for on the PATH of `env`, or an absolute path. */
  readonly program: string
  readonly argv: readonly string[]
  readonly directory?: string
  /** All of its environment: it gets none of ours. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly maxOutputBytes: number
}

/** A program that ran to its end. */
export interface ToolAnswer {
  readonly state: 'ended'
  readonly exitCode: number
  readonly output: Uint8Array
}

/**
 * What the program wrote to its standard output, or why it did not end by itself.
 *
 * It is the leader of a process group of its own, and all of that is killed when it is late, when it writes too much,
 * and when `signal` aborts; then this rejects with the signal's reason.
 */
export async function runTool(call: ToolCall, signal: AbortSignal): Promise<ToolAnswer | NotScanned> {
  signal.throwIfAborted()
  const child = spawn(call.program, call.argv, {
    cwd: call.directory,
    env: { ...call.env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  const { promise: ended, resolve } = Promise.withResolvers<ToolAnswer | NotScanned>()
  const killed: { answer?: NotScanned } = {}
  const kill = (answer?: NotScanned): void => {
    if (answer !== undefined) killed.answer ??= answer
    killGroup(child.pid)
    // One that left the group may still hold the other end.
    child.stdout.destroy()
  }

  const parts: Uint8Array[] = []
  let sizeBytes = 0
  child.stdout.on('data', (part: Uint8Array) => {
    sizeBytes += part.length
    if (sizeBytes <= call.maxOutputBytes) parts.push(part)
    else kill(notScanned('not-understood', `${call.program} wrote more than ${call.maxOutputBytes} bytes`))
  })
  child.on('error', (error) => resolve(whyNotStarted(call.program, error)))
  child.on('close', (exitCode, killedBy) => {
    if (killed.answer !== undefined) resolve(killed.answer)
    else if (exitCode === null) resolve(notScanned('failed', `${call.program} was ended by ${killedBy ?? 'a signal'}`))
    else resolve({ state: 'ended', exitCode, output: concatBytes(...parts) })
  })

  const timer = setTimeout(
    () => kill(notScanned('timed-out', `${call.program} took more than ${call.timeoutSeconds} s`)),
    call.timeoutSeconds * 1000,
  )
  const abort = (): void => kill()
  signal.addEventListener('abort', abort)
  try {
    const answer = await ended
    signal.throwIfAborted()
    return answer
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function whyNotStarted(program: string, error: NodeJS.ErrnoException): NotScanned {
  return error.code === 'ENOENT'
    ? notScanned('no-scanner', `there is no ${program} on the PATH`)
    : notScanned('failed', `${program} could not be started: ${error.code ?? error.name}`)
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It ended by itself in this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
