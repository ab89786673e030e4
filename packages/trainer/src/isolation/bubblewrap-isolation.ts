/** Isolation `bubblewrap`: namespaces, a read-only root with little in it, a seccomp filter, and no privileges. @module */

import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

import { TrainingError } from '@aibomgen/core'

import { runProgram } from '../environment/run-program.ts'
import { bubblewrapCommand, CONFINED_NODE, CONFINED_PRLIMIT, CONFINED_WORKSPACE } from './bubblewrap-command.ts'
import { reportBubblewrap } from './bubblewrap-report.ts'
import { startConfinedProcess, type Confinement } from './confined-process.ts'
import { findControlGroups, type ControlGroups } from './control-group.ts'
import { findGraphicsDevices } from './graphics-devices.ts'
import { isExecutable } from './is-executable.ts'
import type { Isolation, TrainingChild } from './isolation.ts'
import { findLibraries, findProgramFiles, type ProgramFiles } from './program-files.ts'
import { processLimit, resourceLimits } from './resource-limits.ts'
import { buildSeccompFilter, seccompArchitecture } from './seccomp-filter.ts'

/** Where the programs lie that confine a child, and the control groups; found where they are left out. */
export interface BubblewrapIsolationOptions {
  readonly bwrap?: string
  readonly prlimit?: string
  readonly controlGroups?: ControlGroups
}

const MIB = 1024 ** 2
const TRIAL_SECONDS = 20
/** 0.8.0 is the first that can forbid further user namespaces. */
const NEEDED_VERSION = [0, 8, 0]
const SECCOMP_DESCRIPTOR = 4

/**
 * Confines a child with bubblewrap, as root or as anybody. It sees the libraries of the system, Node, the packages of
 * its program and its workspace, and of these may write `outputs` and `scratch`. It has no network, cannot tell that
 * there are other processes, and is refused the system calls of `REFUSED_SYSTEM_CALLS`.
 */
export function createBubblewrapIsolation(options: BubblewrapIsolationOptions = {}): Isolation {
  const { bwrap = '/usr/bin/bwrap', prlimit = '/usr/bin/prlimit' } = options
  const architecture = seccompArchitecture(process.arch)
  let tried: Promise<string | undefined> | undefined
  let groups: Promise<ControlGroups> | undefined
  const controlGroups = (): Promise<ControlGroups> =>
    (groups ??= options.controlGroups === undefined ? findControlGroups() : Promise.resolve(options.controlGroups))

  /** Why there can be no such isolation here; undefined where there can. Tried once. */
  async function obstacle(): Promise<string | undefined> {
    if (process.platform !== 'linux') return 'bubblewrap needs Linux'
    return (tried ??= tryBubblewrap(bwrap))
  }

  async function assertAvailable(): Promise<void> {
    const reason = await obstacle()
    if (reason !== undefined)
      throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: 'bubblewrap', reason })
  }

  return {
    name: 'bubblewrap',

    async probe(needs) {
      await assertAvailable()
      return reportBubblewrap({
        hasPrlimit: await isExecutable(prlimit),
        hasFilter: architecture !== undefined,
        isRoot: process.getuid?.() === 0,
        controls: (await controlGroups()).controls,
        devices: needs?.gpu === true ? await findGraphicsDevices() : [],
      })
    },

    async spawn(child, limits, signal) {
      await assertAvailable()
      const hasPrlimit = await isExecutable(prlimit)
      const workspace = await workspaceOf(child)
      const entry = await realpath(child.entry)
      const command = bubblewrapCommand({
        bwrap,
        node: await realpath(process.execPath),
        ...(hasPrlimit && { prlimit }),
        files: [await findLibraries(), ...(await programFilesOf(entry, workspace))],
        workspace,
        devices: child.gpu === true ? await findGraphicsDevices() : [],
        ...(architecture !== undefined && { seccompDescriptor: SECCOMP_DESCRIPTOR }),
      })
      const heap = `--max-old-space-size=${Math.ceil(limits.memoryBytes / MIB)}`
      const node = [CONFINED_NODE, heap, ...child.execArgv, confinedPath(entry, workspace), ...child.argv]
      const limiting = [CONFINED_PRLIMIT, ...resourceLimits(limits), ...processLimit(limits), '--']
      const confinement: Confinement = {
        name: 'bubblewrap',
        command: [...command, ...(hasPrlimit ? limiting : []), ...node],
        descriptors: architecture === undefined ? [] : [buildSeccompFilter(architecture)],
        group: await (await controlGroups()).create(randomUUID(), limits),
        tellsSignalsByExitCode: true,
        // With the sandbox's first process, the kernel ends everybody in it.
        cleanUp: async () => undefined,
      }
      return startConfinedProcess(confinement, child, limits, signal)
    },
  }
}

async function tryBubblewrap(bwrap: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(TRIAL_SECONDS * 1000)
  const version = await runProgram(bwrap, ['--version'], signal)
  if (version.status !== 'observed') return `there is no bubblewrap at ${bwrap}: install the package bubblewrap`
  if (isOlder(version.value)) return `expected bubblewrap ${NEEDED_VERSION.join('.')} or newer, got ${version.value}`
  const files = [await findLibraries()]
  const workspace = '/usr/lib'
  const trial = bubblewrapCommand({ bwrap, node: await realpath(process.execPath), files, workspace, devices: [] })
  const [program, ...argv] = [...trial, CONFINED_NODE, '--version'] as const
  const answer = await runProgram(program, argv, signal)
  if (answer.status === 'observed') return undefined
  return 'bubblewrap cannot make its namespaces here: user namespaces are switched off, or a container withholds them'
}

function isOlder(version: string): boolean {
  const numbers = (/(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number)
  for (const [index, needed] of NEEDED_VERSION.entries()) {
    const got = numbers[index] ?? 0
    if (got !== needed) return got < needed
  }
  return false
}

async function workspaceOf(child: TrainingChild): Promise<string> {
  try {
    return await realpath(child.directory)
  } catch (cause) {
    const reason = 'cannot start the training child: its workspace is not there'
    throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: 'bubblewrap', reason }, { cause })
  }
}

/** The program's own, unless it lies in the workspace, which is there anyway. */
async function programFilesOf(entry: string, workspace: string): Promise<readonly ProgramFiles[]> {
  return entry.startsWith(workspace + sep) ? [] : [await findProgramFiles(entry)]
}

function confinedPath(path: string, workspace: string): string {
  return path.startsWith(workspace + sep) ? join(CONFINED_WORKSPACE, relative(workspace, path)) : path
}
