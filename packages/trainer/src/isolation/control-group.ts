/** Control groups: the kernel's own limits on memory and processes, for a child and all that it starts. @module */

import { access, constants, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import type { LimitFacts } from '@aibomgen/core'

import { ifThere } from '../environment/if-there.ts'
import { killIfThere } from './kill-if-there.ts'
import type { Limits } from './limits.ts'

/** What a control group limits. */
export type ControlledResource = 'memory' | 'processes'

/** Makes control groups below the one that we are in. */
export interface ControlGroups {
  /** What they limit here, and by which version of the interface; nothing where we may not make any. */
  readonly controls: ReadonlyMap<ControlledResource, 'cgroup v1' | 'cgroup v2'>
  create(name: string, limits: Limits): Promise<ControlGroup>
}

/** One child's group. */
export interface ControlGroup {
  /** Files to write one's process id into, in order to be in the group with all that one starts. */
  readonly joinFiles: readonly string[]
  /** The limit that the kernel has stopped someone in the group at. */
  reached(): Promise<LimitFacts | undefined>
  /** Kills whoever is left, and removes the group. */
  remove(): Promise<void>
}

/** A place where a group can be made, and how its files are called there. */
interface Hierarchy {
  readonly directory: string
  readonly version: 'cgroup v1' | 'cgroup v2'
  readonly limits: readonly ControlledResource[]
}

const MOUNT_POINT = '/sys/fs/cgroup'
const REMOVAL_ATTEMPTS = 50
const REMOVAL_PAUSE_MILLISECONDS = 20

/** The groups that can be made by this process. `root` is where the system's files lie. */
export async function findControlGroups(root = '/'): Promise<ControlGroups> {
  const text = (await ifThere(readFile(join(root, 'proc/self/cgroup'), 'utf8'))) ?? ''
  const candidates = text.split('\n').flatMap((line) => hierarchiesOf(line, join(root, MOUNT_POINT)))
  const usable: Hierarchy[] = []
  for (const candidate of candidates) {
    const isTaken = candidate.limits.some((resource) => usable.some(({ limits }) => limits.includes(resource)))
    if (!isTaken && (await isUsable(candidate))) usable.push(candidate)
  }
  return {
    controls: new Map(usable.flatMap(({ limits, version }) => limits.map((resource) => [resource, version] as const))),
    create: (name, limits) => createControlGroup(usable, `aibomgen-${name}`, limits),
  }
}

/**
 * The limit that the kernel has stopped someone at in a group that somebody else made: the one that the process `pid`
 * is in. Nothing where the path of that group does not contain `mark`: then `pid` is not who was meant.
 */
export async function reachedInGroupOf(pid: number, mark: string, limits: Limits): Promise<LimitFacts | undefined> {
  const text = (await ifThere(readFile(`/proc/${pid}/cgroup`, 'utf8')).catch(() => undefined)) ?? ''
  const groups = text.split('\n').flatMap((line) => hierarchiesOf(line, MOUNT_POINT))
  for (const group of groups.filter(({ directory }) => directory.includes(mark))) {
    const facts = await limitReached(group, limits)
    if (facts !== undefined) return facts
  }
  return undefined
}

/** No control groups: where they are not wanted. */
export const NO_CONTROL_GROUPS: ControlGroups = {
  controls: new Map(),
  create: () => createControlGroup([], '', undefined),
}

/** @see Linux: cgroups(7), "/proc/[pid]/cgroup": `hierarchy-ID:controllers:path` */
function hierarchiesOf(line: string, mountPoint: string): readonly Hierarchy[] {
  const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
  if (controllers === undefined || path === undefined) return []
  if (controllers === '') {
    const version = 'cgroup v2'
    // Beside us as well: a group with processes in it may not hand controllers down to groups below.
    return [path, join(path, '..')].map((at) => ({
      directory: join(mountPoint, at),
      version,
      limits: ['memory', 'processes'],
    }))
  }
  return controllers.split(',').flatMap((controller) => {
    const resource = controller === 'pids' ? 'processes' : controller
    if (resource !== 'memory' && resource !== 'processes') return []
    return [{ directory: join(mountPoint, controllers, path), version: 'cgroup v1' as const, limits: [resource] }]
  })
}

async function isUsable({ directory, version, limits }: Hierarchy): Promise<boolean> {
  try {
    if (version === 'cgroup v2') {
      if (!(await handsDown(directory))) {
        // In a group that was handed to us nobody may have asked for them yet; where processes are in it, this fails.
        await writeFile(join(directory, 'cgroup.subtree_control'), '+memory +pids', { flag: 'r+' })
        if (!(await handsDown(directory))) return false
      }
    }
    await access(join(directory, 'cgroup.procs'), constants.W_OK)
    // Only by making one is it known: a read-only mount and a security module answer no other question.
    const trial = join(directory, `aibomgen-trial-${process.pid}-${limits.join('-')}`)
    await mkdir(trial)
    await rmdir(trial)
    return true
  } catch {
    return false
  }
}

/** Whether groups below a group of version 2 can limit memory and processes. */
async function handsDown(directory: string): Promise<boolean> {
  const controllers = (await readFile(join(directory, 'cgroup.subtree_control'), 'utf8')).trim().split(' ')
  return ['memory', 'pids'].every((controller) => controllers.includes(controller))
}

async function createControlGroup(
  hierarchies: readonly Hierarchy[],
  name: string,
  limits: Limits | undefined,
): Promise<ControlGroup> {
  const groups = hierarchies.map((hierarchy) => ({ ...hierarchy, directory: join(hierarchy.directory, name) }))
  for (const group of groups) {
    await mkdir(group.directory)
    for (const [file, value] of limits === undefined ? [] : settingsOf(group, limits)) {
      await writeIfThere(join(group.directory, file), value)
    }
  }
  return {
    joinFiles: groups.map(({ directory }) => join(directory, 'cgroup.procs')),
    async reached() {
      for (const group of groups) {
        const facts = limits === undefined ? undefined : await limitReached(group, limits)
        if (facts !== undefined) return facts
      }
      return undefined
    },
    async remove() {
      for (const { directory } of groups) await removeGroup(directory)
    },
  }
}

/** Swap counts as memory: on v1 only where the kernel was started so. */
function settingsOf({ version, limits: resources }: Hierarchy, limits: Limits): readonly (readonly [string, number])[] {
  const memory: readonly (readonly [string, number])[] =
    version === 'cgroup v2'
      ? [
          ['memory.max', limits.memoryBytes],
          ['memory.swap.max', 0],
          ['memory.oom.group', 1],
        ]
      : [
          ['memory.limit_in_bytes', limits.memoryBytes],
          ['memory.memsw.limit_in_bytes', limits.memoryBytes],
        ]
  return [
    ...(resources.includes('memory') ? memory : []),
    ...(resources.includes('processes') ? [['pids.max', limits.processes] as const] : []),
  ]
}

async function limitReached(
  { directory, limits: resources, version }: Hierarchy,
  limits: Limits,
): Promise<LimitFacts | undefined> {
  const read = async (file: string): Promise<string> =>
    (await ifThere(readFile(join(directory, file), 'utf8').catch(unlessRemoved))) ?? ''
  if (resources.includes('memory')) {
    const events = await read(version === 'cgroup v2' ? 'memory.events' : 'memory.oom_control')
    const limit = limits.memoryBytes
    if (countOf(events, 'oom_kill') > 0) return { what: 'bytes of memory', limit, actual: limit }
  }
  if (resources.includes('processes') && countOf(await read('pids.events'), 'max') > 0) {
    return { what: 'processes and threads', limit: limits.processes, actual: limits.processes + 1 }
  }
  return undefined
}

/** Of a group that is removed while its file is open, Linux says that there is no such device. */
function unlessRemoved(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENODEV') return undefined
  throw error
}

function countOf(events: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(events)?.[1] ?? 0)
}

async function writeIfThere(path: string, value: number): Promise<void> {
  await ifThere(writeFile(path, String(value), { flag: 'r+' }))
}

/** A group can be removed once everybody in it is gone, which takes the kernel a moment. */
async function removeGroup(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const pids = ((await ifThere(readFile(join(directory, 'cgroup.procs'), 'utf8'))) ?? '').split('\n').filter(Boolean)
    for (const pid of pids) killIfThere(Number(pid))
    try {
      await ifThere(rmdir(directory))
      return
    } catch (error) {
      if (attempt === REMOVAL_ATTEMPTS) throw error
      await setTimeout(REMOVAL_PAUSE_MILLISECONDS)
    }
  }
}
