/** Which process this is, in a form that outlives it: to tell a running process from one that was killed. @module */

import { createHash } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/**
 * A process, told apart from later ones with the same number: by the machine (or container), its boot, the process
 * number and its start, in units of the machine's own. Only letters, digits and dots.
 */
export type ProcessIdentity = string & { readonly __brand: 'ProcessIdentity' }

const FORM = /^([0-9a-f]{8})\.([0-9a-f]{8})\.([0-9]+)\.([0-9]+)$/

/** The identity of this process. */
export async function identifyThisProcess(): Promise<ProcessIdentity> {
  const { machine, boot } = await identifyMachine()
  return [machine, boot, process.pid, await startOf(process.pid)].join('.') as ProcessIdentity
}

/**
 * Whether the process is certainly over: on this machine, and before its last boot or not running. Of another machine's
 * processes nobody here can tell, and the answer is no.
 */
export async function isOver(identity: string): Promise<boolean> {
  const [, theirMachine, theirBoot, pid = '', start] = FORM.exec(identity) ?? []
  const { machine, boot } = await identifyMachine()
  if (theirMachine !== machine) return false
  return theirBoot !== boot || !isRunning(Number(pid)) || (await startOf(Number(pid))) !== start
}

async function identifyMachine(): Promise<{ machine: string; boot: string }> {
  const [namespace, boot] = await Promise.all([
    ifThere(readlink('/proc/self/ns/pid')),
    ifThere(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
  ])
  return { machine: shortDigest(`${hostname()} ${namespace}`), boot: shortDigest(boot) }
}

/** When a process was started, in clock ticks since boot; 0 where the system does not say so, and for one that is dead. */
async function startOf(pid: number): Promise<string> {
  // The second field is the program's name in brackets, and may hold anything.
  const fields = (await ifThere(readFile(`/proc/${pid}/stat`, 'utf8'))).split(') ').at(-1)?.split(' ') ?? []
  const [state] = fields
  return state === 'Z' ? '0' : (fields[19] ?? '0')
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, and is another user's.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** What this system does not offer is the same for all its processes: nothing. */
function ifThere(reading: Promise<string>): Promise<string> {
  return reading.catch(() => '')
}

function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
