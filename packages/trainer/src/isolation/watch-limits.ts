/** Watches a running child for going past its limits. @module */

import { lstat, opendir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import type { LimitFacts } from '@aibomgen/core'

import { ifThere } from '../environment/if-there.ts'
import type { Limits } from './limits.ts'

/** How often a child is looked at. */
export const WATCH_INTERVAL_SECONDS = 0.25

const MAX_OUTPUT_FILES = 1000

/** What to watch: a process by its id, and the directory that it writes. */
export interface WatchedChild {
  readonly pid: number
  readonly outputDirectory: string
}

/** The first limit that `child` goes past; undefined when `signal` aborts before. */
export async function watchLimits(
  child: WatchedChild,
  limits: Limits,
  signal: AbortSignal,
): Promise<LimitFacts | undefined> {
  const started = performance.now()
  while (!signal.aborted) {
    const reached =
      wallClockReached((performance.now() - started) / 1000, limits) ??
      (await memoryReached(child.pid, limits)) ??
      (await outputReached(child.outputDirectory, limits))
    if (reached !== undefined) return reached
    await setTimeout(WATCH_INTERVAL_SECONDS * 1000, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}

/** The first limit that the files in `directory` are past; also for a last look when the child is gone. */
export async function outputReached(directory: string, limits: Limits): Promise<LimitFacts | undefined> {
  let files = 0
  let bytes = 0
  for await (const path of entriesBelow(directory)) {
    files += 1
    bytes += (await ifThere(lstat(path)))?.size ?? 0
    if (files > MAX_OUTPUT_FILES) return { what: 'files in outputs', limit: MAX_OUTPUT_FILES, actual: files }
    if (bytes > limits.outputBytes) return { what: 'bytes in outputs', limit: limits.outputBytes, actual: bytes }
  }
  return undefined
}

/** Every path below `directory`, one by one: a child may make more of them than fit in memory, and take them away meanwhile. */
async function* entriesBelow(directory: string): AsyncGenerator<string> {
  const entries = await ifThere(opendir(directory))
  if (entries === undefined) return
  for await (const entry of entries) {
    const path = join(directory, entry.name)
    yield path
    if (entry.isDirectory()) yield* entriesBelow(path)
  }
}

function wallClockReached(seconds: number, limits: Limits): LimitFacts | undefined {
  if (seconds <= limits.wallClockSeconds) return undefined
  return { what: 'seconds of training', limit: limits.wallClockSeconds, actual: Math.ceil(seconds) }
}

async function memoryReached(pid: number, limits: Limits): Promise<LimitFacts | undefined> {
  const status = await ifThere(readFile(`/proc/${pid}/status`, 'utf8'))
  const residentBytes = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status ?? '')?.[1] ?? 0) * 1024
  if (residentBytes <= limits.memoryBytes) return undefined
  return { what: 'bytes of memory', limit: limits.memoryBytes, actual: residentBytes }
}
