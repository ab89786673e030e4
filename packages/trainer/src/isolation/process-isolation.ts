/** Isolation `process`: limits and an empty environment, and nothing between the child and the user's files. @module */

import { access, constants } from 'node:fs/promises'

import { TrainingError } from '@aibomgen/core'

import { startConfinedProcess, type Command } from './confined-process.ts'
import type { Enforcement, IsolationReport } from './isolation-report.ts'
import type { Isolation } from './isolation.ts'
import type { Limits } from './limits.ts'
import { WATCH_INTERVAL_SECONDS } from './watch-limits.ts'

/** Where the program that sets resource limits lies (util-linux), when there is one. */
export interface ProcessIsolationOptions {
  readonly prlimit?: string
}

const MIB = 1024 ** 2
const GIB = 1024 ** 3

/**
 * The weakest isolation, which needs nothing but a POSIX system. The child runs as our own user: it can read what we
 * can read, key files too, and reach the network. `probe` says so.
 */
export function createProcessIsolation({ prlimit = '/usr/bin/prlimit' }: ProcessIsolationOptions = {}): Isolation {
  const hasPrlimit = (): Promise<boolean> =>
    access(prlimit, constants.X_OK).then(
      () => true,
      () => false,
    )
  return {
    name: 'process',

    async probe() {
      return report(await hasPrlimit())
    },

    async spawn(child, limits, signal) {
      if (process.platform === 'win32') {
        const reason = 'process groups and resource limits need a POSIX system'
        throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: 'process', reason })
      }
      const heap = `--max-old-space-size=${Math.ceil(limits.memoryBytes / MIB)}`
      const node: Command = [process.execPath, heap, ...child.execArgv, child.entry, ...child.argv]
      const command: Command = (await hasPrlimit()) ? [prlimit, ...resourceLimits(limits), '--', ...node] : node
      return startConfinedProcess(command, child, limits, signal)
    },
  }
}

/**
 * No limit on address space, which WebAssembly reserves by the gigabyte, and none on processes, which counts all of the
 * user's. A file may grow one byte past the limit, so that whoever ran into it is seen to be past it.
 */
function resourceLimits(limits: Limits): readonly string[] {
  return [
    '--core=0',
    `--nofile=${limits.openFiles}`,
    `--fsize=${limits.outputBytes + 1}`,
    `--data=${limits.memoryBytes + GIB}`,
  ]
}

function report(hasPrlimit: boolean): IsolationReport {
  const polled = `looked at every ${WATCH_INTERVAL_SECONDS} s`
  const memory = `JavaScript heap limit; resident set of the child process ${polled}`
  return {
    name: 'process',
    keys: 'reachable',
    resources: {
      network: notEnforced('a process of the same user reaches what the user reaches'),
      fileSystem: notEnforced('a process of the same user reads and writes what the user may'),
      environmentVariables: enforced('none of the parent process are passed on'),
      memory:
        process.platform === 'linux'
          ? enforced(hasPrlimit ? `${memory}; RLIMIT_DATA` : memory)
          : notEnforced('only the JavaScript heap is limited on this system'),
      processes: notEnforced('the child may start processes; its process group is killed with it'),
      openFiles: hasPrlimit ? enforced('RLIMIT_NOFILE') : notEnforced('there is no prlimit'),
      outputSize: enforced(`size of the output directory ${polled}${hasPrlimit ? '; RLIMIT_FSIZE' : ''}`),
      wallClock: enforced('SIGKILL to the process group'),
    },
  }
}

function enforced(by: string): Enforcement {
  return { status: 'enforced', by }
}

function notEnforced(reason: string): Enforcement {
  return { status: 'not-enforced', reason }
}
