/** The command line of a container engine for one training child. @module */

import type { Mount } from './container-files.ts'
import type { Limits } from './limits.ts'

/** The label that every container of ours has. */
export const CONTAINER_LABEL = 'dev.aibomgen.training'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
/** Room for files that are neither outputs nor scratch; it is memory. */
const TEMPORARY_BYTES = 64 * MIB
/** What goes between us and the child has threads of its own. */
const LAUNCHER_TASKS = 16
/** Trainings go before others when the machine's memory runs out. */
const OUT_OF_MEMORY_SCORE = 500

/** What a container is made of. */
export interface ContainerPlan {
  readonly name: string
  readonly image: string
  readonly isPodman: boolean
  readonly limits: Limits
  readonly mounts: readonly Mount[]
  /** Path of the seccomp profile. */
  readonly profile: string
  /** `UID:GID`. */
  readonly user: string
  readonly cpus?: number
  /** Device files of a graphics card; none unless a backend needs one. */
  readonly devices: readonly string[]
  readonly workingDirectory: string
  /** What runs in it, with its arguments. */
  readonly command: readonly [program: string, ...argv: string[]]
}

/** Arguments of `create`: no network, a read-only root, no capability, and limits on all that it may use. */
export function createArguments(plan: ContainerPlan): readonly string[] {
  const { name, image, isPodman, limits, mounts, profile, user, cpus, devices, command } = plan
  const [program, ...argv] = command
  return [
    ...['create', '--interactive', '--rm', '--name', name, '--label', CONTAINER_LABEL],
    ...['--pull', 'never', '--log-driver', 'none', '--hostname', 'training', '--no-healthcheck'],
    ...['--network', 'none', '--read-only', '--cap-drop', 'ALL', '--user', user],
    ...['--security-opt', 'no-new-privileges', '--security-opt', `seccomp=${profile}`],
    // Podman would else add folders of memory to write, and see another user in ours.
    ...(isPodman ? ['--read-only-tmpfs=false', ...(process.getuid?.() === 0 ? [] : ['--userns', 'keep-id'])] : []),
    ...['--memory', String(limits.memoryBytes), '--memory-swap', String(limits.memoryBytes)],
    ...['--pids-limit', String(limits.processes + LAUNCHER_TASKS)],
    ...(cpus === undefined ? [] : ['--cpus', String(cpus)]),
    ...['--oom-score-adj', String(OUT_OF_MEMORY_SCORE)],
    ...Object.entries(resourceLimits(limits)).flatMap(([limit, value]) => ['--ulimit', `${limit}=${value}:${value}`]),
    ...['--shm-size', String(TEMPORARY_BYTES)],
    ...['--tmpfs', `/tmp:rw,nosuid,nodev,noexec,size=${TEMPORARY_BYTES},mode=1777`],
    ...devices.flatMap((device) => ['--device', device]),
    ...mounts.flatMap((mount) => ['--mount', describeMount(mount)]),
    ...['--workdir', plan.workingDirectory, '--entrypoint', program, image],
    ...argv,
  ]
}

/** As `resourceLimits` sets them without a container. */
function resourceLimits(limits: Limits): Readonly<Record<string, number>> {
  return {
    core: 0,
    nofile: limits.openFiles,
    fsize: Math.max(limits.outputBytes, limits.scratchBytes) + 1,
    data: limits.memoryBytes + GIB,
  }
}

/** Engines read it as a line of CSV. */
function describeMount({ source, target, isWritable = false }: Mount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(isWritable ? [] : ['readonly'])]
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}
