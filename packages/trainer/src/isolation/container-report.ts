/** What a container enforces. @module */

import { enforced, notEnforced, type IsolationReport } from './isolation-report.ts'
import { WATCH_INTERVAL_SECONDS } from './watch-limits.ts'

const POLLED = `looked at every ${WATCH_INTERVAL_SECONDS} s`

/** The report of isolation `container` by this engine, from the image with this digest. */
export function reportContainer(engine: string, digest: string, devices: readonly string[]): IsolationReport {
  return {
    name: 'container',
    keys: 'unreachable',
    image: digest,
    resources: {
      network: enforced(`a network namespace of ${engine} with a loopback interface only`),
      fileSystem: enforced(
        'the root of the image with libraries, Node, the program and the inputs of the host, all read-only; outputs and scratch to write',
      ),
      environmentVariables: enforced('none of the parent process or the image are passed on'),
      memory: enforced(`memory limit of ${engine}, swap included; JavaScript heap limit; RLIMIT_DATA`),
      processes: enforced(`pids limit of ${engine}; a PID namespace that ends with the child`),
      openFiles: enforced('RLIMIT_NOFILE'),
      outputSize: enforced(`size of the output directory ${POLLED}; RLIMIT_FSIZE`),
      scratchSize: enforced(`size of the scratch directory ${POLLED}; RLIMIT_FSIZE`),
      wallClock: enforced(`the container is killed and removed by ${engine}`),
      systemCalls: enforced('a seccomp filter: no sockets, tracing, mounts, namespaces, io_uring or kernel keys'),
      privileges: enforced('a user other than root, without capabilities; no new privileges'),
      devices:
        devices.length === 0
          ? enforced('no device of the machine is handed in')
          : notEnforced(`handed in for the backend: ${devices.join(' ')}`),
    },
  }
}
