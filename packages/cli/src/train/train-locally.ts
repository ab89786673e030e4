/** Trains on this machine: from files to a verified release directory, or to nothing at all. @module */

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

import {
  ArtifactError,
  TrainingError,
  VerificationError,
  type ArtifactDescriptor,
  type JobFileRole,
  type SignedTrustRoot,
} from '@aibomgen/core'
import { readFileBounded, readFileParts } from '@aibomgen/core/node'
import type { SpecVersion, Withholdable } from '@aibomgen/bom'
import {
  assertOutputFree,
  buildEvidenceBundle,
  parseTrainingJob,
  runTrainingJob,
  submitJob,
  writeReleaseDirectory,
  type InputSource,
  type PipelineDeps,
  type Release,
  type SubmittedJob,
  type TrainingJob,
} from '@aibomgen/pipeline'
import { DEFAULT_LIMITS, type IsolationDemands, type Limits, type TrainingOptions } from '@aibomgen/trainer'
import { parseMetrics, type Metrics } from '@aibomgen/trainer/job'
import { verifyRelease } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'

import type { CommandContext } from '../command.ts'
import { composeHome, composeTraining, drawJobId, systemClock } from '../compose.ts'
import { ensureHome, requireTrustRoot } from '../home/home.ts'
import type { TextStream } from '../output.ts'
import { createScratch, writeThroughScratch, writingIn } from '../scratch.ts'
import { keepFailedRun } from './failed-run.ts'
import { createProgress } from './progress.ts'
import { NOT_ASKED_FOR, type ScanSummary } from './run-scan.ts'
import { listenForStop } from './stop-signals.ts'

/** What is asked for. Nothing of it is checked yet. */
export interface TrainingOrder {
  readonly files: Readonly<Record<JobFileRole, string>>
  readonly parameters: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  /** What randomness is drawn from where `parameters` name no seed. */
  readonly seed: number
  /** Where the release goes; named after the job when left out. */
  readonly out: string | undefined
  readonly bundle: string | undefined
  readonly includeInputs: boolean
  readonly withheld: readonly Withholdable[]
  readonly specVersion: SpecVersion
  readonly manufacturer: string
  readonly isolation: IsolationDemands
  readonly limits: Partial<Limits>
  /** Whether the environment is scanned for vulnerabilities, where Trivy is on the PATH. */
  readonly scan: boolean
}

/** A finished training. */
export interface LocalTraining {
  readonly jobId: string
  /** Absolute path of the release. */
  readonly release: string
  readonly bundle?: string
  readonly verdict: 'pass'
  readonly vulnerabilities: ScanSummary
  readonly model: ArtifactDescriptor
  readonly history: Metrics
  readonly files: readonly ArtifactDescriptor[]
}

/** One run: its job, and where its results go. */
interface Run {
  readonly jobId: string
  readonly job: TrainingJob
  readonly order: TrainingOrder
  readonly out: string
  readonly bundle: string | undefined
}

const MAX_METRICS_BYTES = 64 * 1024 * 1024

/**
 * Submits, trains, issues, writes the release and verifies what was written. Until all of it is whole it lies in one
 * scratch directory on the file system of the release, which is gone afterwards, however this ends.
 *
 * @throws ArtifactError `OUTPUT_EXISTS`; TrainingError `CANCELLED`; VerificationError `EVIDENCE_MISMATCH` for a release that
 *   does not hold; what the pipeline's stages throw
 */
export async function trainLocally(order: TrainingOrder, context: CommandContext): Promise<LocalTraining> {
  const { parameters, metadata, seed } = order
  const job = parseTrainingJob({ parameters, metadata, files: await openInputs(order.files) }, { seed })
  const jobId = drawJobId()
  const out = resolve(order.out ?? `release-${jobId.slice(0, 8)}`)
  const bundle = order.bundle === undefined ? undefined : resolve(order.bundle)
  await assertOutputFree(out)
  if (bundle !== undefined) assertNothingAt(bundle)
  return runIntoRelease({ jobId, job, order, out, bundle }, context)
}

async function runIntoRelease(run: Run, context: CommandContext): Promise<LocalTraining> {
  const { jobId, job, order, out } = run
  const { home } = context.config
  using stop = listenForStop()
  const log: Uint8Array[] = []
  try {
    const { generation, created } = await ensureHome(home, composeHome(context))
    if (created) context.output.note(`made keys, layout and trust root in ${home}`)
    await using scratch = await createScratch(nearestDirectory(dirname(out)))
    const { manufacturer, specVersion, withheld } = order
    let vulnerabilities: ScanSummary = NOT_ASKED_FOR
    const onScan = (scan: ScanSummary): void => void (vulnerabilities = scan)
    const local = {
      jobId,
      scratch: scratch.directory,
      manufacturer,
      specVersion,
      withheld,
      isolation: order.isolation,
      ...(order.scan && { onScan }),
    }
    const { submit, pipeline } = await composeTraining(generation, local, context)

    const submitted = await submitJob(job, submit)
    assertGoingOn(stop.signal)
    const release = await runVisibly(submitted, pipeline, order, {
      signal: stop.signal,
      stderr: context.output.stderr,
      onLog: (bytes) => log.push(bytes.slice()),
    })
    assertGoingOn(stop.signal)

    await writingIn(dirname(out), () => mkdir(dirname(out), { recursive: true }))
    await writeReleaseDirectory(release, pipeline.store, out, scratch.directory)
    if (run.bundle !== undefined)
      await writeThroughScratch(run.bundle, await buildEvidenceBundle(release, pipeline.store))
    const history = parseMetrics(await readFileBounded(join(out, 'outputs/metrics.json'), MAX_METRICS_BYTES))
    await assertVerified(out, await requireTrustRoot(home))
    return { ...describe(run, release, history), vulnerabilities }
  } catch (error) {
    if (stop.exitCode !== undefined) context.exitCode = stop.exitCode
    else if (log.length > 0) context.hint = `logs kept in ${await keepFailedRun(home, jobId, log, error)}`
    else if (isExpiredLayout(error)) context.hint = 'aibomgen trust renew signs a new one'
    throw error
  }
}

async function runVisibly(
  submitted: SubmittedJob,
  deps: PipelineDeps,
  { limits, isolation, includeInputs }: TrainingOrder,
  { signal, stderr, onLog }: Pick<TrainingOptions, 'signal' | 'onLog'> & { readonly stderr: TextStream },
): Promise<Release> {
  using progress = createProgress(stderr)
  return await runTrainingJob(submitted, deps, {
    limits: { ...DEFAULT_LIMITS, ...limits },
    keySeparation: 'single-host',
    ...(isolation.atLeast !== undefined && { requireIsolation: isolation.atLeast }),
    includeInputs,
    signal,
    onEvent: progress.onEvent,
    onLog,
  })
}

/** The files to train on. That they can be read is found out now, before anything is made. */
async function openInputs(paths: TrainingOrder['files']): Promise<Readonly<Record<JobFileRole, InputSource>>> {
  for (const path of Object.values(paths)) {
    const parts = readFileParts(path)
    await parts.next()
    await parts.return()
  }
  const source = (path: string): InputSource => ({ name: basename(path), open: () => readFileParts(path) })
  return { model: source(paths.model), dataset: source(paths.dataset), definition: source(paths.definition) }
}

function assertNothingAt(path: string): void {
  if (!existsSync(path)) return
  throw new ArtifactError('OUTPUT_EXISTS', `expected nothing at ${path}, got something: name another file`, { path })
}

/** The directory itself or the nearest above it that is there: on the same file system, before anything is made. */
function nearestDirectory(path: string): string {
  return existsSync(path) ? path : nearestDirectory(dirname(path))
}

function assertGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new TrainingError('CANCELLED', 'training was cancelled', {})
}

function isExpiredLayout(error: unknown): boolean {
  return error instanceof VerificationError && error.code === 'LAYOUT_EXPIRED'
}

/** What was written is judged as a receiver would judge it, by what this home would hand out now. */
async function assertVerified(directory: string, trustRoot: SignedTrustRoot): Promise<void> {
  const report = await verifyRelease(await openReleaseDirectory(directory), { trustRoot, clock: systemClock })
  if (report.verdict === 'pass') return
  const failed = report.checks.filter(({ status }) => status !== 'pass').map(({ name }) => name)
  const message = `${directory} was written and does not verify: ${failed.join(', ')} (see aibomgen verify)`
  throw new VerificationError('EVIDENCE_MISMATCH', message, {
    what: directory,
    expected: 'pass',
    actual: report.verdict,
  })
}

function describe(
  { jobId, out, bundle }: Run,
  release: Release,
  history: Metrics,
): Omit<LocalTraining, 'vulnerabilities'> {
  return {
    jobId,
    release: out,
    ...(bundle === undefined ? {} : { bundle }),
    verdict: 'pass',
    model: fileOf(release, 'outputs/trained_model.keras'),
    history,
    files: [...release.files, release.index],
  }
}

function fileOf({ files }: Release, name: string): ArtifactDescriptor {
  const file = files.find((candidate) => candidate.name === name)
  if (file === undefined) throw new TypeError(`a release holds ${name}`)
  return file
}
