/** A process and all that descends from it, as Linux tells of them. @module */

import { readdir, readFile } from 'node:fs/promises'

import { ifThere } from '../environment/if-there.ts'

/** What a tree of processes uses. */
export interface TreeUse {
  /** Resident sets added up: what processes share counts for each. */
  readonly residentBytes: number
  /** Processes and threads. */
  readonly tasks: number
  /** The root first. */
  readonly pids: readonly number[]
}

/** Walking stops past this many processes: whoever has so many is past its limit. */
const MAX_PROCESSES = 5000

/** What the process `root` and its descendants use now; nothing where there is no `/proc`, or no such process. */
export async function measureProcessTree(root: number): Promise<TreeUse> {
  const pids = [root]
  let residentBytes = 0
  let tasks = 0
  for (const pid of pids) {
    if (pids.length > MAX_PROCESSES) break
    const status = (await ifThere(readFile(`/proc/${pid}/status`, 'utf8'))) ?? ''
    residentBytes += Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
    const threads = (await ifThere(readdir(`/proc/${pid}/task`))) ?? []
    tasks += threads.length
    for (const thread of threads) pids.push(...(await childrenOf(pid, thread)))
  }
  return { residentBytes, tasks, pids }
}

/** A kernel without `CONFIG_PROC_CHILDREN` has no such file: then only the root is seen. */
async function childrenOf(pid: number, thread: string): Promise<readonly number[]> {
  const children = await ifThere(readFile(`/proc/${pid}/task/${thread}/children`, 'utf8'))
  return (children ?? '').split(' ').filter(Boolean).map(Number)
}
