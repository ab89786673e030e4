/** Watches the memory of another process. @module */

import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

const LOOK_SECONDS = 0.1

/** What was seen of a process. */
export interface Peak {
  readonly megabytes: number
  readonly processorSeconds: number
}

/** The most that a process has held in memory, and the processor's time that it took, as seen last. */
export async function watchPeak(pid: number, signal: AbortSignal): Promise<Peak> {
  let seen: Peak = { megabytes: 0, processorSeconds: 0 }
  while (!signal.aborted) {
    const [status, times] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    ])
    const megabytes = (Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024) / 1e6
    // Fields 14 and 15 are ticks of a hundredth of a second; the second field, in parentheses, may hold spaces.
    const ticks = times.slice(times.lastIndexOf(')') + 2).split(' ')
    const processorSeconds = (Number(ticks[11] ?? 0) + Number(ticks[12] ?? 0)) / 100
    if (megabytes > 0) seen = { megabytes, processorSeconds }
    await setTimeout(LOOK_SECONDS * 1000, undefined, { signal }).catch(() => undefined)
  }
  return seen
}
