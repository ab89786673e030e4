/** Runs a training child as a process group of its own, and ends it at the first thing that it may not do. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Duplex, Readable, Writable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

import { TrainingError, type LimitFacts } from '@aibomgen/core'

import type { ControlGroup } from './control-group.ts'
import type { IsolationName } from './isolation-report.ts'
import type { ChildEnd, ChildHandle, TrainingChild } from './isolation.ts'
import { killIfThere } from './kill-if-there.ts'
import type { Limits } from './limits.ts'
import { MessageLines } from './message-lines.ts'
import { filesReached, watchLimits } from './watch-limits.ts'

/** How long the streams of a dead child may stay open: a process that left the group can hold them for ever. */
const DRAIN_SECONDS = 1

/**
 * All that the child finds in its environment. Nothing of the parent's; the last two are how Node's `process.send`
 * learns of the channel on descriptor 3, whose other end `MessageLines` reads.
 */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  TF_CPP_MIN_LOG_LEVEL: '2',
  NODE_CHANNEL_FD: '3',
  NODE_CHANNEL_SERIALIZATION_MODE: 'json',
}

/** What a relay sends behind the last message (`child/launch-main.ts`): in no JSON text is there such a byte. */
const END_OF_CHANNEL = 0x04

/** A program and its arguments. */
export type Command = readonly [program: string, ...argv: string[]]

/** What is started for a child, and what goes with it. */
export interface Confinement {
  readonly name: IsolationName
  /** The whole command line, what confines the child included. */
  readonly command: Command
  /**
   * Where the command is not the child but goes between: it carries the channel over its standard input and output,
   * closed by a byte 0x04, and what the child prints over standard error. It gets this environment.
   */
  readonly relay?: { readonly environment: Readonly<Record<string, string>> }
  /** What the command reads from its descriptors 4, 5, and so on. */
  readonly descriptors: readonly Uint8Array[]
  /** The control group that the command joins before anything else. */
  readonly group: ControlGroup
  /** Whether the command ends with 128 + n where the child was ended by signal n, as shells do. */
  readonly tellsSignalsByExitCode: boolean
  /** Sees to it that nothing of the child is left, once the command is gone. */
  readonly cleanUp: () => Promise<void>
}

/** Joins the control groups whose files come first, and becomes the command behind them. */
const JOIN_GROUPS = 'n=$1; shift; while [ $n -gt 0 ]; do echo $$ >"$1" || exit 125; shift; n=$((n-1)); done; exec "$@"'

/**
 * Starts a command for `child` and keeps to the contract of `Isolation.spawn`, as far as a parent can.
 *
 * @throws TrainingError `ISOLATION_UNAVAILABLE`
 */
export async function startConfinedProcess(
  confinement: Confinement,
  child: TrainingChild,
  limits: Limits,
  signal: AbortSignal,
): Promise<ChildHandle> {
  const { group, descriptors, relay } = confinement
  const [program, ...argv] = joining(group, confinement.command)
  const started = spawn(program, argv, {
    cwd: child.directory,
    env: relay?.environment ?? CHILD_ENVIRONMENT,
    stdio: relay
      ? ['pipe', 'pipe', 'pipe']
      : ['ignore', 'pipe', 'pipe', 'pipe', ...descriptors.map(() => 'pipe' as const)],
    detached: true,
  })
  try {
    await once(started, 'spawn')
  } catch (cause) {
    await confinement.cleanUp()
    await group.remove()
    const reason = `cannot start the training child: ${cause instanceof Error ? cause.message : 'unknown'}`
    throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: confinement.name, reason }, { cause })
  }
  for (const [index, bytes] of descriptors.entries()) feed(started.stdio[4 + index] as Duplex, bytes)
  const channel = channelOf(started, confinement)
  return {
    send(message) {
      if (channel.output.writable) channel.output.write(`${JSON.stringify(message)}\n`)
    },
    ended: superviseChild({ started, channel, confinement, child, limits, signal }),
  }
}

/** What comes from the child, and what goes to it. */
interface Channel {
  readonly input: Readable
  readonly output: Writable
}

function channelOf(started: ChildProcess, { relay }: Confinement): Channel {
  if (relay === undefined) {
    const channel = started.stdio[3] as Duplex
    return { input: channel, output: channel }
  }
  const { stdin, stdout } = started as ChildProcess & { stdin: Writable; stdout: Readable }
  // Who goes between and is gone takes no more: how it ended says why.
  stdin.on('error', () => undefined)
  return { input: stdout, output: stdin }
}

function joining({ joinFiles }: ControlGroup, command: Command): Command {
  if (joinFiles.length === 0) return command
  return ['/bin/sh', '-c', JOIN_GROUPS, 'sh', String(joinFiles.length), ...joinFiles, ...command]
}

function feed(descriptor: Duplex, bytes: Uint8Array): void {
  // Who dies before it has read this says so by how it ends.
  descriptor.on('error', () => undefined).resume()
  descriptor.end(bytes)
}

interface StartedChild {
  readonly started: ChildProcess
  readonly channel: Channel
  readonly confinement: Confinement
  readonly child: TrainingChild
  readonly limits: Limits
  readonly signal: AbortSignal
}

async function superviseChild(running: StartedChild): Promise<ChildEnd> {
  const { started, channel, confinement, child, limits, signal } = running
  const { stdout, stderr, pid } = started as ChildProcess & { stdout: Readable; stderr: Readable; pid: number }
  let failure: Error | undefined
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new TypeError(String(error))
    killIfThere(-pid)
  }
  const kill = (): void => killIfThere(-pid)
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()

  const messages = new MessageLines(child.onMessage, () => performance.now())
  if (confinement.relay === undefined) {
    listen(channel.input, (bytes) => messages.add(bytes), fail)
    listen(stdout, child.onLog, fail)
  } else {
    const dismiss = async (): Promise<void> => {
      // Once it is let go, what it was confined by goes with it.
      await confinement.group.reached().catch(fail)
      channel.output.end()
    }
    listen(
      channel.input,
      untilEndOfChannel((bytes) => messages.add(bytes), dismiss),
      fail,
    )
  }
  listen(stderr, child.onLog, fail)

  const watching = new AbortController()
  const watched = watchLimits(
    { pid, directory: child.directory, group: confinement.group },
    limits,
    watching.signal,
  ).then((reached) => {
    if (reached !== undefined) fail(limitReached(reached))
  }, fail)

  const [exitCode, exitSignal] = (await once(started, 'exit')) as [number | null, string | null]
  watching.abort()
  signal.removeEventListener('abort', kill)
  killIfThere(-pid)
  await drain([channel.input, stdout, stderr])
  await watched
  await confinement.cleanUp()
  const stoppedAt = await confinement.group.reached()
  await confinement.group.remove()
  const reached = stoppedAt ?? (await filesReached(child.directory, limits))
  if (reached !== undefined) failure ??= limitReached(reached)
  if (failure !== undefined) throw failure
  return describeEnd(exitCode, exitSignal, confinement)
}

function describeEnd(
  exitCode: number | null,
  signal: string | null,
  { tellsSignalsByExitCode }: Confinement,
): ChildEnd {
  const told = Object.entries(constants.signals).find(([, number]) => exitCode === 128 + number)?.[0]
  return tellsSignalsByExitCode && told !== undefined ? { exitCode: null, signal: told } : { exitCode, signal }
}

function untilEndOfChannel(take: (bytes: Uint8Array) => void, ended: () => Promise<void>): typeof take {
  let isOpen = true
  return (bytes) => {
    if (!isOpen) return
    const end = bytes.indexOf(END_OF_CHANNEL)
    take(end === -1 ? bytes : bytes.subarray(0, end))
    if (end === -1) return
    isOpen = false
    void ended()
  }
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

function limitReached(facts: LimitFacts): TrainingError {
  const message = `training stopped: at most ${facts.limit} ${facts.what} are allowed, got ${facts.actual}`
  return new TrainingError('LIMIT_REACHED', message, facts)
}
