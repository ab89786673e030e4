/** Runs a training child as a process group of its own, and ends it at the first thing that it may not do. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

import { TrainingError, type LimitFacts } from '@aibomgen/core'

import type { ChildEnd, ChildHandle, TrainingChild } from './isolation.ts'
import type { Limits } from './limits.ts'
import { MessageLines } from './message-lines.ts'
import { outputReached, watchLimits } from './watch-limits.ts'

/** How long the streams of a dead child may stay open: a process that left the group can hold them for ever. */
const DRAIN_SECONDS = 1

/**
 * All that the child finds in its environment. Nothing of the parent's; the last two are how Node's `process.send`
 * learns of the channel on descriptor 3, whose other end `MessageLines` reads.
 */
const CHILD_ENVIRONMENT = {
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  TF_CPP_MIN_LOG_LEVEL: '2',
  NODE_CHANNEL_FD: '3',
  NODE_CHANNEL_SERIALIZATION_MODE: 'json',
}

/** A program and its arguments; never a shell's. */
export type Command = readonly [program: string, ...argv: string[]]

/**
 * Starts `command` for `child` and keeps to the contract of `Isolation.spawn`, as far as a parent can.
 *
 * @param command - the whole command line, what confines the child included
 * @throws TrainingError `ISOLATION_UNAVAILABLE`
 */
export async function startConfinedProcess(
  command: Command,
  child: TrainingChild,
  limits: Limits,
  signal: AbortSignal,
): Promise<ChildHandle> {
  const [program, ...argv] = command
  const started = spawn(program, argv, {
    cwd: child.directory,
    env: CHILD_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  try {
    await once(started, 'spawn')
  } catch (cause) {
    const reason = `cannot start the training child: ${cause instanceof Error ? cause.message : 'unknown'}`
    throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: 'process', reason }, { cause })
  }
  const channel = started.stdio[3] as Duplex
  return {
    send(message) {
      if (channel.writable) channel.write(`${JSON.stringify(message)}\n`)
    },
    ended: superviseChild({ started, channel, child, limits, signal }),
  }
}

interface StartedChild {
  readonly started: ChildProcess
  readonly channel: Duplex
  readonly child: TrainingChild
  readonly limits: Limits
  readonly signal: AbortSignal
}

async function superviseChild({ started, channel, child, limits, signal }: StartedChild): Promise<ChildEnd> {
  const { stdout, stderr, pid } = started as ChildProcess & { stdout: Readable; stderr: Readable; pid: number }
  const outputDirectory = join(child.directory, 'outputs')
  let failure: Error | undefined
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new TypeError(String(error))
    killGroup(pid)
  }
  const kill = (): void => killGroup(pid)
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()

  const messages = new MessageLines(child.onMessage, () => performance.now())
  listen(channel, (bytes) => messages.add(bytes), fail)
  for (const stream of [stdout, stderr]) listen(stream, child.onLog, fail)

  const watching = new AbortController()
  const watched = watchLimits({ pid, outputDirectory }, limits, watching.signal).then((reached) => {
    if (reached !== undefined) fail(limitReached(reached))
  }, fail)

  const [exitCode, exitSignal] = (await once(started, 'exit')) as [number | null, string | null]
  watching.abort()
  signal.removeEventListener('abort', kill)
  killGroup(pid)
  await drain([channel, stdout, stderr])
  await watched
  const reached = await outputReached(outputDirectory, limits)
  if (reached !== undefined) failure ??= limitReached(reached)
  if (failure !== undefined) throw failure
  return { exitCode, signal: exitSignal }
}

/** Hands over what a stream gives, until it is refused: then the child has failed. */
function listen(stream: Readable, take: (bytes: Uint8Array) => void, fail: (error: unknown) => void): void {
  stream.on('data', (bytes: Uint8Array) => {
    try {
      take(bytes)
    } catch (error) {
      stream.removeAllListeners('data').resume()
      fail(error)
    }
  })
  // A killed child resets its channel: how it ended says more than that.
  stream.on('error', () => undefined)
}

async function drain(streams: readonly Readable[]): Promise<void> {
  const closed = streams.filter((stream) => !stream.closed).map((stream) => once(stream, 'close'))
  const done = new AbortController()
  await Promise.race([
    Promise.all(closed),
    setTimeout(DRAIN_SECONDS * 1000, undefined, { signal: done.signal }).catch(() => undefined),
  ])
  done.abort()
  for (const stream of streams) stream.destroy()
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: nobody is left in the group, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function limitReached(facts: LimitFacts): TrainingError {
  const message = `training stopped: at most ${facts.limit} ${facts.what} are allowed, got ${facts.actual}`
  return new TrainingError('LIMIT_REACHED', message, facts)
}
