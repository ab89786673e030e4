/** Watches a running child for going past its limits. @module */

import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { TrainingError, type LimitFacts } from '@aibomgen/core'

import { ifThere } from '../environment/if-there.ts'
import type { ControlGroup } from './control-group.ts'
import { killIfThere } from './kill-if-there.ts'
import type { Limits } from './limits.ts'
import { measureProcessTree, type TreeUse } from './process-tree.ts'

/** How often a child is looked at. */
export const WATCH_INTERVAL_SECONDS = 0.25

const MAX_OUTPUT_FILES = 1000
const MAX_SCRATCH_FILES = 10_000

/** What to watch: a process by its id with all that descends from it, its control group, and its workspace. */
export interface WatchedChild {
  readonly pid: number
  readonly directory: string
  readonly group: Pick<ControlGroup, 'reached'>
}

/**
 * The first limit that `child` goes past; undefined when `signal` aborts before. Whoever descends from it is killed then.
 *
 * @throws TrainingError `CHILD_PROTOCOL` for a folder that it will not let us look into
 */
export async function watchLimits(
  child: WatchedChild,
  limits: Limits,
  signal: AbortSignal,
): Promise<LimitFacts | undefined> {
  const started = performance.now()
  while (!signal.aborted) {
    const use = await measureProcessTree(child.pid)
    const reached =
      wallClockReached((performance.now() - started) / 1000, limits) ??
      useReached(use, limits) ??
      (await child.group.reached()) ??
      (await filesReached(child.directory, limits))
    if (reached !== undefined) {
      for (const pid of use.pids.slice(1)) killIfThere(pid)
      return reached
    }
    await setTimeout(WATCH_INTERVAL_SECONDS * 1000, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}

/** The first limit that the files in a workspace are past; also for a last look when the child is gone. */
export async function filesReached(workspace: string, limits: Limits): Promise<LimitFacts | undefined> {
  return (
    (await directoryReached(workspace, 'outputs', { files: MAX_OUTPUT_FILES, bytes: limits.outputBytes })) ??
    (await directoryReached(workspace, 'scratch', { files: MAX_SCRATCH_FILES, bytes: limits.scratchBytes }))
  )
}

async function directoryReached(
  workspace: string,
  name: string,
  allowed: { readonly files: number; readonly bytes: number },
): Promise<LimitFacts | undefined> {
  let files = 0
  let bytes = 0
  const directory = join(workspace, name)
  // Where a link leads is no matter of ours; that it is no directory is found when the outputs are read.
  if ((await ifThere(lstat(directory)))?.isDirectory() !== true) return undefined
  try {
    for await (const path of entriesBelow(directory)) {
      files += 1
      bytes += (await ifThere(lstat(path)))?.size ?? 0
      if (files > allowed.files) return { what: `files in ${name}`, limit: allowed.files, actual: files }
      if (bytes > allowed.bytes) return { what: `bytes in ${name}`, limit: allowed.bytes, actual: bytes }
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EACCES')) throw cause
    const reason = `the training child made a folder in ${name} that cannot be looked into`
    throw new TrainingError('CHILD_PROTOCOL', reason, { reason }, { cause })
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

function useReached({ residentBytes, tasks }: TreeUse, limits: Limits): LimitFacts | undefined {
  const { memoryBytes, processes } = limits
  if (residentBytes > memoryBytes) return { what: 'bytes of memory', limit: memoryBytes, actual: residentBytes }
  if (tasks > processes) return { what: 'processes and threads', limit: processes, actual: tasks }
  return undefined
}
