/** What bubblewrap enforces on this machine. @module */

import type { ControlGroups } from './control-group.ts'
import { enforced, notEnforced, type Enforcement, type IsolationReport } from './isolation-report.ts'
import { WATCH_INTERVAL_SECONDS } from './watch-limits.ts'

/** What was found here to confine a child with. */
export interface BubblewrapMeans {
  readonly hasPrlimit: boolean
  readonly hasFilter: boolean
  readonly isRoot: boolean
  readonly controls: ControlGroups['controls']
  /** Device files that are handed in. */
  readonly devices: readonly string[]
}

const POLLED = `looked at every ${WATCH_INTERVAL_SECONDS} s`

/** The report of isolation `bubblewrap` with these means. */
export function reportBubblewrap(means: BubblewrapMeans): IsolationReport {
  const { hasPrlimit, hasFilter, devices } = means
  const limit = (name: string): string => (hasPrlimit ? `; ${name}` : '')
  return {
    name: 'bubblewrap',
    keys: 'unreachable',
    resources: {
      network: enforced('a network namespace with nothing in it'),
      fileSystem: enforced(
        'a root of libraries, Node, the program and the inputs, all read-only; outputs and scratch to write',
      ),
      environmentVariables: enforced('none of the parent process are passed on'),
      memory: enforced(describeMemory(means)),
      processes: judgeProcesses(means),
      openFiles: hasPrlimit ? enforced('RLIMIT_NOFILE') : notEnforced('there is no prlimit'),
      outputSize: enforced(`size of the output directory ${POLLED}${limit('RLIMIT_FSIZE')}`),
      scratchSize: enforced(`size of the scratch directory ${POLLED}${limit('RLIMIT_FSIZE')}`),
      wallClock: enforced('SIGKILL to the process group and its PID namespace'),
      systemCalls: hasFilter
        ? enforced('a seccomp filter: no sockets, tracing, mounts, namespaces, io_uring or kernel keys')
        : notEnforced('there is no seccomp filter for this architecture'),
      privileges: enforced('a user namespace without capabilities; no new privileges'),
      devices:
        devices.length === 0
          ? enforced('no device of the machine is handed in')
          : notEnforced(`handed in for the backend: ${devices.join(' ')}`),
    },
  }
}

function describeMemory({ controls, hasPrlimit }: BubblewrapMeans): string {
  const version = controls.get('memory')
  const group = version === undefined ? '' : `memory controller of ${version}; `
  return `${group}JavaScript heap limit; resident sets ${POLLED}${hasPrlimit ? '; RLIMIT_DATA' : ''}`
}

function judgeProcesses({ controls, hasPrlimit, isRoot }: BubblewrapMeans): Enforcement {
  const namespace = `a PID namespace that ends with the child; counted every ${WATCH_INTERVAL_SECONDS} s`
  const version = controls.get('processes')
  if (version !== undefined) return enforced(`pids controller of ${version}; ${namespace}`)
  if (hasPrlimit && !isRoot) return enforced(`RLIMIT_NPROC; ${namespace}`)
  const why = isRoot ? 'RLIMIT_NPROC does not hold root' : 'there is no prlimit'
  return notEnforced(`there is no pids controller for us, and ${why}: only ${namespace}`)
}
