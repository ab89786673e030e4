/** Isolation `container`: a container of docker or podman, from an image that a digest names. @module */

import { randomUUID } from 'node:crypto'
import { lchown, lstat, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'

import { TrainingError } from '@aibomgen/core'

import { startConfinedProcess, CHILD_ENVIRONMENT, type Confinement } from './confined-process.ts'
import { createArguments, type ContainerPlan } from './container-command.ts'
import { createContainerEngine, type ContainerEngine } from './container-engine.ts'
import { layOutFiles, type Mount } from './container-files.ts'
import { digestOfImage } from './container-image.ts'
import { observeContainer, removeContainer } from './container-lifetime.ts'
import { reportContainer } from './container-report.ts'
import { findGraphicsDevices } from './graphics-devices.ts'
import type { Isolation, TrainingChild } from './isolation.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { findLibraries, findProgramFiles, type ProgramFiles } from './program-files.ts'
import { buildSeccompProfile } from './seccomp-profile.ts'
import { containerLauncherEntry } from './training-child-entry.ts'

/** What containers are made of, and by whom. */
export interface ContainerIsolationOptions {
  /** `NAME@sha256:…`, or the id of an image; there are no containers without one. */
  readonly image?: string
  /** Name or path of the engine's client, docker's or podman's; `docker` where left out. */
  readonly engine?: string
  /** All that the client is told: where its engine is (`DOCKER_HOST`), and where its settings lie (`HOME`, `PATH`). */
  readonly environment?: Readonly<Record<string, string>>
  /** Processors that a training may use; all where left out. */
  readonly cpus?: number
}

/** An engine that works, and what it makes containers from. */
interface Workshop {
  readonly engine: ContainerEngine
  readonly isPodman: boolean
  readonly image: string
  readonly digest: string
  readonly cpus?: number
}

const MIB = 1024 ** 2
const WORKSPACE = '/job'
const NODE = '/usr/bin/node'
const LAUNCHER = '/launcher'
/** `nobody`, for whoever is root here: outside of user namespaces root in a container is root. */
const UNPRIVILEGED = 65_534

/**
 * Confines a child in a container without a network, whose root is read-only. Of the image it is the root alone:
 * Node, libraries and packages are the host's, read-only, so that what is observed of the host's Node is true of the
 * child's. The image has to be there: nothing is ever pulled.
 */
export function createContainerIsolation(options: ContainerIsolationOptions = {}): Isolation {
  let opened: Promise<Workshop> | undefined

  /** Tried once; a failure may have gone by the next time. */
  function open(): Promise<Workshop> {
    opened ??= openWorkshop(options).catch((cause: unknown) => {
      opened = undefined
      return refuse(cause)
    })
    return opened
  }

  return {
    name: 'container',

    async probe(needs) {
      const { isPodman, digest } = await open()
      const devices = needs?.gpu === true ? await findGraphicsDevices() : []
      return reportContainer(isPodman ? 'podman' : 'docker', digest, devices)
    },

    async spawn(child, limits, signal) {
      const workshop = await open()
      const { engine } = workshop
      const name = `aibomgen-${randomUUID()}`
      const directory = await mkdtemp(join(tmpdir(), 'aibomgen-container-'))
      const cleanUp = async (): Promise<void> => {
        await removeContainer(engine, name)
        await rm(directory, { recursive: true, force: true })
      }
      try {
        const plan = await planChild({ name, directory }, child, limits, workshop)
        const id = await engine.ask(createArguments(plan))
        const confinement: Confinement = {
          name: 'container',
          command: [engine.program, 'start', '--attach', '--interactive', name],
          relay: { environment: engine.environment },
          descriptors: [],
          group: observeContainer(engine, id.split('\n').at(-1) ?? id, limits),
          tellsSignalsByExitCode: true,
          cleanUp,
        }
        return await startConfinedProcess(confinement, child, limits, signal)
      } catch (cause) {
        await cleanUp()
        return refuse(cause)
      }
    },
  }
}

/** @throws TrainingError that was thrown, or `ISOLATION_UNAVAILABLE` */
function refuse(cause: unknown): never {
  if (cause instanceof TrainingError) throw cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: 'container', reason }, { cause })
}

/** @throws Error that says why there can be no containers */
async function openWorkshop(options: ContainerIsolationOptions): Promise<Workshop> {
  const { image, engine: program = 'docker', environment = {}, cpus } = options
  if (image === undefined) throw new Error('no image is configured (AIBOMGEN_CONTAINER_IMAGE=NAME@sha256:…)')
  const digest = digestOfImage(image)
  if (digest === undefined) throw new Error(`expected an image with a digest, NAME@sha256:…, got ${image}`)
  if (process.platform !== 'linux') throw new Error('containers see the files of this machine only on Linux')
  const engine = createContainerEngine(program, environment)
  const isPodman = (await engine.ask(['--version'])).includes('podman')
  const security = isPodman ? '' : await engine.ask(['info', '--format', '{{json .SecurityOptions}}'])
  if (/name=(rootless|userns)/.test(security)) {
    throw new Error('docker gives containers other user ids here (rootless, userns-remap): they cannot write outputs')
  }
  await engine.ask(['image', 'inspect', '--format', '{{.Id}}', image])
  const workshop: Workshop = { engine, isPodman, image, digest, ...(cpus !== undefined && { cpus }) }
  await tryContainer(workshop)
  return workshop
}

/** Whether Node runs in such a container. */
async function tryContainer(workshop: Workshop): Promise<void> {
  const { engine } = workshop
  const name = `aibomgen-${randomUUID()}`
  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-container-'))
  try {
    const plan = { ...(await planContainer({ name, directory }, [], DEFAULT_LIMITS, workshop)), workingDirectory: '/' }
    await engine.ask(createArguments({ ...plan, command: [NODE, '--version'] }))
    await engine.ask(['start', '--attach', name])
  } finally {
    await removeContainer(engine, name)
    await rm(directory, { recursive: true, force: true })
  }
}

interface Place {
  readonly name: string
  /** A folder of this container's alone, for what it needs of files beside the host's. */
  readonly directory: string
}

async function planChild(
  place: Place,
  child: TrainingChild,
  limits: Limits,
  workshop: Workshop,
): Promise<ContainerPlan> {
  const workspace = await realpath(child.directory).catch((cause: unknown) => {
    throw new Error('cannot start the training child: its workspace is not there', { cause })
  })
  const entry = await realpath(child.entry)
  const isInWorkspace = entry.startsWith(workspace + sep)
  const launcher = containerLauncherEntry().entry
  // Without an ending, Node would take it for JavaScript without types.
  const launcherTarget = `${LAUNCHER}/launch.${launcher.endsWith('.ts') ? 'mts' : 'mjs'}`
  const plan = await planContainer(place, isInWorkspace ? [] : [await findProgramFiles(entry)], limits, workshop)
  const program = isInWorkspace ? join(WORKSPACE, relative(workspace, entry)) : entry
  const heap = `--max-old-space-size=${Math.ceil(limits.memoryBytes / MIB)}`
  return {
    ...plan,
    devices: child.gpu === true ? await findGraphicsDevices() : [],
    mounts: [
      ...plan.mounts,
      { source: await realpath(launcher), target: launcherTarget },
      ...(await mountWorkspace(workspace)),
    ],
    command: [
      NODE,
      launcherTarget,
      ...Object.entries(CHILD_ENVIRONMENT).map(([name, value]) => `${name}=${value}`),
      '--',
      ...[heap, ...child.execArgv, program, ...child.argv],
    ],
  }
}

async function planContainer(
  { name, directory }: Place,
  files: readonly ProgramFiles[],
  limits: Limits,
  { image, isPodman, cpus }: Workshop,
): Promise<ContainerPlan> {
  const profile = join(directory, 'seccomp.json')
  await writeFile(profile, buildSeccompProfile())
  const root = join(directory, 'root')
  const node = { source: await realpath(process.execPath), target: NODE }
  const mounts = await layOutFiles(root, [await findLibraries(), ...files], [node])
  if (isRoot()) await giveAway(directory)
  return {
    name,
    image,
    isPodman,
    limits,
    profile,
    mounts,
    user: isRoot() ? `${UNPRIVILEGED}:${UNPRIVILEGED}` : `${process.getuid?.()}:${process.getgid?.()}`,
    ...(cpus !== undefined && { cpus }),
    devices: [],
    workingDirectory: WORKSPACE,
    command: [NODE],
  }
}

/**
 * What lies in the workspace, piece by piece: the folder itself may be closed to everybody but us. Where we are root,
 * what is in it is given to the user that the child runs as.
 */
async function mountWorkspace(workspace: string): Promise<readonly Mount[]> {
  const mounts: Mount[] = []
  for (const name of await readdir(workspace)) {
    const source = join(workspace, name)
    const kind = await lstat(source)
    if (isRoot()) await giveAway(source)
    const isWritable = ['outputs', 'scratch'].includes(name)
    if (kind.isDirectory() || kind.isFile()) mounts.push({ source, target: join(WORKSPACE, name), isWritable })
  }
  return mounts
}

/** With all that is below; links are not followed. */
async function giveAway(path: string): Promise<void> {
  await lchown(path, UNPRIVILEGED, UNPRIVILEGED)
  if (!(await lstat(path)).isDirectory()) return
  for (const name of await readdir(path)) await giveAway(join(path, name))
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}
