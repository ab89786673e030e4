/** Runs one training in a confined child process, and tells what was seen of it. @module */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { ENVIRONMENT_REPORT_TYPE, TRAINING_COMMAND, TrainingError, type Clock, type Timestamp } from '@aibomgen/core'
import { removeTree } from '@aibomgen/core/node'

import { captureEnvironment, type EnvironmentProbe } from './environment/capture-environment.ts'
import type { BackendIdentity, EnvironmentReport, KeySeparation } from './environment/environment-report.ts'
import { observed } from './environment/observed.ts'
import { isWeaker } from './isolation/choose-isolation.ts'
import type { IsolationName, IsolationReport } from './isolation/isolation-report.ts'
import type { ChildEnd, Isolation, IsolationNeeds, TrainingChild } from './isolation/isolation.ts'
import type { Limits } from './isolation/limits.ts'
import { RunLog } from './isolation/run-log.ts'
import { trainingChildEntry } from './isolation/training-child-entry.ts'
import { TrainingConversation, type TrainingEvent } from './training-conversation.ts'
import { assertTrainingOutputs } from './training-outputs.ts'

/** A job whose inputs lie ready. `directory` holds `inputs/{job.json,model,dataset,definition}`. */
export interface StagedTraining {
  readonly directory: string
  readonly jobId: string
  readonly requestedAt: Timestamp
  /** The backend that the job asks for: one that computes on a graphics card is handed it. */
  readonly backend?: string
}

/** What a training runs with. */
export interface TrainingDeps {
  readonly isolation: Isolation
  readonly probes: readonly EnvironmentProbe[]
  readonly clock: Clock
  /** The program that trains: `trainingChildEntry()` when left out. */
  readonly program?: Pick<TrainingChild, 'entry' | 'execArgv'>
}

/** How a training runs, and who is told. */
export interface TrainingOptions {
  readonly limits: Limits
  readonly keySeparation: KeySeparation
  /** Stops the run within one batch; after two seconds the child is killed. */
  readonly signal: AbortSignal
  readonly onEvent: (event: TrainingEvent) => void
  /** Takes the run's log as it is written, 16 MiB at most; it is all that is left of the log of a run that fails. */
  readonly onLog: (bytes: Uint8Array) => void
  /** The weakest isolation that will do; any when left out. */
  readonly requireIsolation?: IsolationName
}

/** A run that succeeded: the five outputs lie in the staged directory's `outputs/`. */
export interface TrainingOutcome {
  /** The child's argv, as links record it. */
  readonly command: readonly string[]
  readonly returnValue: number
  readonly startedAt: Timestamp
  readonly endedAt: Timestamp
  /** What the child printed, on both streams; past 16 MiB it says that it was cut. */
  readonly logs: Uint8Array
  readonly backend: BackendIdentity
  readonly environment: EnvironmentReport
}

const GPU_BACKENDS: ReadonlySet<string> = new Set(['node-gpu', 'webgpu'])
const CANCEL_GRACE_SECONDS = 2
const PROBE_TIMEOUT_SECONDS = 20
const LOG_LINES_IN_MESSAGE = 5

/**
 * Trains in a child process and returns when the child has gone, with exactly the five outputs left behind.
 *
 * @throws TrainingError `ISOLATION_UNAVAILABLE`, `CANCELLED`, `LIMIT_REACHED`, `CHILD_DIED` (with its last lines),
 *   `CHILD_PROTOCOL`; and what the child reports: TrainingError, ParseError or ArtifactError of the code it gives
 */
export async function runTraining(
  staged: StagedTraining,
  deps: TrainingDeps,
  options: TrainingOptions,
): Promise<TrainingOutcome> {
  const needs = { gpu: GPU_BACKENDS.has(staged.backend ?? '') }
  const isolation = await probeIsolation(deps.isolation, needs, options.requireIsolation)
  await mkdir(join(staged.directory, 'outputs'), { recursive: true })
  const machineSeen = captureEnvironment(deps.probes, { timeoutSeconds: PROBE_TIMEOUT_SECONDS })
  const log = new RunLog(options.onLog)

  const startedAt = deps.clock.now()
  const { backend, returnValue } = await withScratch(join(staged.directory, 'scratch'), () =>
    superviseTraining({ directory: staged.directory, needs }, deps, options, log),
  )
  const endedAt = deps.clock.now()
  await assertTrainingOutputs(staged.directory)

  const environment: EnvironmentReport = {
    ...(await machineSeen),
    _type: ENVIRONMENT_REPORT_TYPE,
    jobId: staged.jobId,
    times: { requested: staged.requestedAt, started: startedAt, ended: endedAt },
    keySeparation: options.keySeparation,
    isolation,
    backend: observed(backend),
  }
  return { command: TRAINING_COMMAND, returnValue, startedAt, endedAt, logs: log.bytes(), backend, environment }
}

/** Gives the child a directory for what outgrows its memory: empty before and gone after, however the run ends. */
async function withScratch<T>(path: string, run: () => Promise<T>): Promise<T> {
  await removeTree(path)
  await mkdir(path)
  try {
    return await run()
  } finally {
    await removeTree(path)
  }
}

async function probeIsolation(
  isolation: Isolation,
  needs: IsolationNeeds,
  required: IsolationName | undefined,
): Promise<IsolationReport> {
  if (required !== undefined && isWeaker(isolation.name, required)) {
    const reason = `isolation "${required}" or stronger is required, got "${isolation.name}"`
    throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required, reason })
  }
  return isolation.probe(needs)
}

async function superviseTraining(
  { directory, needs }: { readonly directory: string; readonly needs: IsolationNeeds },
  deps: TrainingDeps,
  options: TrainingOptions,
  log: RunLog,
): Promise<{ readonly backend: BackendIdentity; readonly returnValue: number }> {
  if (options.signal.aborted) throw cancelled()
  const conversation = new TrainingConversation(options.onEvent)
  const kill = new AbortController()
  const [, , ...argv] = TRAINING_COMMAND
  const child = await deps.isolation.spawn(
    {
      ...(deps.program ?? trainingChildEntry()),
      ...needs,
      argv,
      directory,
      onMessage: (message) => conversation.take(message),
      onLog: (bytes) => log.add(bytes),
    },
    options.limits,
    kill.signal,
  )
  let grace: NodeJS.Timeout | undefined
  const cancel = (): void => {
    child.send({ type: 'cancel' })
    grace = setTimeout(() => kill.abort(), CANCEL_GRACE_SECONDS * 1000)
  }
  options.signal.addEventListener('abort', cancel, { once: true })
  // It may have aborted while the child was being started.
  if (options.signal.aborted) cancel()
  try {
    const end = await child.ended
    const { backend, lastWord } = conversation
    if (end.exitCode === 0 && lastWord === 'finished' && backend !== undefined) {
      return { backend, returnValue: end.exitCode }
    }
    if (options.signal.aborted) throw cancelled()
    throw lastWord instanceof Error ? lastWord : childDied(end, log)
  } finally {
    options.signal.removeEventListener('abort', cancel)
    clearTimeout(grace)
  }
}

function cancelled(): TrainingError {
  return new TrainingError('CANCELLED', 'training was cancelled', {})
}

function childDied(end: ChildEnd, log: RunLog): TrainingError {
  const how = end.signal === null ? `with exit code ${end.exitCode}` : `by ${end.signal}`
  const said = log.lastLines(LOG_LINES_IN_MESSAGE)
  const message = `the training child died ${how} and did not say why`
  return new TrainingError('CHILD_DIED', said === '' ? message : `${message}; it last printed: ${said}`, end)
}
