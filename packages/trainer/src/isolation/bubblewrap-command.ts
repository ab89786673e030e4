/** The command line of bubblewrap for one training child. @module */

import type { ProgramFiles } from './program-files.ts'

/** Where a confined child finds its workspace, and Node. */
export const CONFINED_WORKSPACE = '/job'
/** Where it finds Node. */
export const CONFINED_NODE = '/usr/bin/node'
/** Where it finds what sets resource limits. */
export const CONFINED_PRLIMIT = '/usr/bin/prlimit'

const MIB = 1024 ** 2
/** Room for files that are neither outputs nor scratch; it is memory. */
const TEMPORARY_BYTES = 64 * MIB

/** What a sandbox is made of. Paths are the host's. */
export interface Sandbox {
  readonly bwrap: string
  readonly node: string
  /** Absent where resource limits are not set. */
  readonly prlimit?: string
  /** Seen at the same paths, read-only. */
  readonly files: readonly ProgramFiles[]
  readonly workspace: string
  /** Devices of a graphics card; none unless a backend needs one. */
  readonly devices: readonly string[]
  /** The descriptor that the seccomp filter is read from. */
  readonly seccompDescriptor?: number
}

/**
 * Bubblewrap's arguments, up to the program that it runs: namespaces of its own for everything, a root with nothing in
 * it but libraries, Node and the program, all read-only, and no capability. Writable are the workspace's `outputs` and
 * `scratch`, and a small `/tmp` and `/dev/shm` of memory.
 *
 * Being root outside makes the owner of kernel settings below `/proc/sys`, without any capability: hence a read-only
 * `/proc`.
 */
export function bubblewrapCommand(sandbox: Sandbox): readonly [string, ...string[]] {
  const { bwrap, node, prlimit, files, workspace, devices, seccompDescriptor } = sandbox
  return [
    bwrap,
    ...['user', 'pid', 'net', 'ipc', 'uts'].map((namespace) => `--unshare-${namespace}`),
    '--unshare-cgroup-try',
    '--disable-userns',
    '--die-with-parent',
    '--new-session',
    ...['--cap-drop', 'ALL', '--uid', '65534', '--gid', '65534', '--hostname', 'training'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--size', String(TEMPORARY_BYTES), '--tmpfs', '/dev/shm', '--size', String(TEMPORARY_BYTES), '--tmpfs', '/tmp'],
    ...devices.flatMap((device) => ['--dev-bind', device, device]),
    ...(devices.length > 0 ? ['--ro-bind', '/sys', '/sys'] : []),
    ...files.flatMap(({ paths }) => paths.flatMap((path) => ['--ro-bind', path, path])),
    ...files.flatMap(({ links }) => [...links].flatMap(([link, target]) => ['--symlink', target, link])),
    ...['--ro-bind', node, CONFINED_NODE],
    ...(prlimit === undefined ? [] : ['--ro-bind', prlimit, CONFINED_PRLIMIT]),
    ...['--ro-bind', workspace, CONFINED_WORKSPACE],
    ...['outputs', 'scratch'].flatMap((name) => [
      '--bind-try',
      `${workspace}/${name}`,
      `${CONFINED_WORKSPACE}/${name}`,
    ]),
    ...['/dev', '/proc', '/'].flatMap((path) => ['--remount-ro', path]),
    ...(seccompDescriptor === undefined ? [] : ['--seccomp', String(seccompDescriptor)]),
    ...['--chdir', CONFINED_WORKSPACE, '--'],
  ]
}
