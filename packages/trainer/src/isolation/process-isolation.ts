/** Isolation `process`: limits and an empty environment, and nothing between the child and the user's files. @module */

import { randomUUID } from 'node:crypto'

import { TrainingError } from '@aibomgen/core'

import { startConfinedProcess, type Command, type Confinement } from './confined-process.ts'
import { findControlGroups, type ControlGroups } from './control-group.ts'
import { isExecutable } from './is-executable.ts'
import { enforced, notEnforced, type IsolationReport } from './isolation-report.ts'
import type { Isolation } from './isolation.ts'
import { resourceLimits } from './resource-limits.ts'
import { WATCH_INTERVAL_SECONDS } from './watch-limits.ts'

/** Where the program that sets resource limits lies (util-linux), when there is one; and control groups to use. */
export interface ProcessIsolationOptions {
  readonly prlimit?: string
  readonly controlGroups?: ControlGroups
}

const MIB = 1024 ** 2

/**
 * The weakest isolation, which needs nothing but a POSIX system. The child runs as our own user: it can read what we
 * can read, key files too, and reach the network. `probe` says so.
 */
export function createProcessIsolation(options: ProcessIsolationOptions = {}): Isolation {
  const { prlimit = '/usr/bin/prlimit' } = options
  let groups: Promise<ControlGroups> | undefined
  const controlGroups = (): Promise<ControlGroups> =>
    (groups ??= options.controlGroups === undefined ? findControlGroups() : Promise.resolve(options.controlGroups))
  return {
    name: 'process',

    async probe() {
      return report(await isExecutable(prlimit), (await controlGroups()).controls)
    },

    async spawn(child, limits, signal) {
      if (process.platform === 'win32') {
        const reason = 'process groups and resource limits need a POSIX system'
        throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: 'process', reason })
      }
      const heap = `--max-old-space-size=${Math.ceil(limits.memoryBytes / MIB)}`
      const node: Command = [process.execPath, heap, ...child.execArgv, child.entry, ...child.argv]
      const confinement: Confinement = {
        name: 'process',
        command: (await isExecutable(prlimit)) ? [prlimit, ...resourceLimits(limits), '--', ...node] : node,
        descriptors: [],
        group: await (await controlGroups()).create(randomUUID(), limits),
        tellsSignalsByExitCode: false,
        cleanUp: async () => undefined,
      }
      return startConfinedProcess(confinement, child, limits, signal)
    },
  }
}

function report(hasPrlimit: boolean, controls: ControlGroups['controls']): IsolationReport {
  const polled = `looked at every ${WATCH_INTERVAL_SECONDS} s`
  const limit = (name: string): string => (hasPrlimit ? `; ${name}` : '')
  const [memoryGroup, processGroup] = [controls.get('memory'), controls.get('processes')]
  const memory = `JavaScript heap limit; resident sets of the child and its descendants ${polled}`
  return {
    name: 'process',
    keys: 'reachable',
    resources: {
      network: notEnforced('a process of the same user reaches what the user reaches'),
      fileSystem: notEnforced('a process of the same user reads and writes what the user may'),
      environmentVariables: enforced('none of the parent process are passed on'),
      memory:
        process.platform === 'linux'
          ? enforced(
              `${memoryGroup === undefined ? '' : `memory controller of ${memoryGroup}; `}${memory}${limit('RLIMIT_DATA')}`,
            )
          : notEnforced('only the JavaScript heap is limited on this system'),
      processes:
        processGroup === undefined
          ? notEnforced(`the child may start processes; those that stay its descendants are counted, ${polled}`)
          : enforced(`pids controller of ${processGroup}`),
      openFiles: hasPrlimit ? enforced('RLIMIT_NOFILE') : notEnforced('there is no prlimit'),
      outputSize: enforced(`size of the output directory ${polled}${limit('RLIMIT_FSIZE')}`),
      scratchSize: enforced(`size of the scratch directory ${polled}${limit('RLIMIT_FSIZE')}`),
      wallClock: enforced('SIGKILL to the process group'),
      systemCalls: notEnforced('the child may make every system call of its user’s'),
      privileges: notEnforced('the child has the privileges of its user'),
      devices: notEnforced('the child opens what devices its user may'),
    },
  }
}
