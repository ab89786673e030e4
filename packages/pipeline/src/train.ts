/** Train: the training child runs on the staged inputs, and what came out is hashed into the store. @module */

import { createReadStream } from 'node:fs'
import { join } from 'node:path'

import {
  OUTPUT_NAMES,
  toReason,
  VULNERABILITIES_NAME,
  type ArtifactDescriptor,
  type ArtifactStore,
  type OutputName,
  type Timestamp,
} from '@aibomgen/core'
import { runTraining, type TrainingDeps, type TrainingOptions } from '@aibomgen/trainer'
import { serializeEnvironmentReport, type EnvironmentReport, type IsolationReport } from '@aibomgen/trainer/environment'

import { storeBytes } from './store-bytes.ts'
import type { StagedJob } from './stage-inputs.ts'

/** A job that was trained: what came out of it, and what was seen of the run. */
export interface TrainedJob {
  readonly staged: StagedJob
  readonly outputs: Readonly<Record<OutputName, ArtifactDescriptor>>
  readonly byproducts: Readonly<Record<'logs.txt' | 'environment.json', ArtifactDescriptor>> & {
    readonly 'vulnerabilities.json'?: ArtifactDescriptor
  }
  /** Why there is no `vulnerabilities.json` among the byproducts: a bounded line. */
  readonly notScanned?: string
  /** The child's real argv, its program paths replaced by what they are. */
  readonly command: readonly string[]
  readonly returnValue: number
  readonly startedAt: Timestamp
  readonly endedAt: Timestamp
  readonly isolation: IsolationReport
}

/** What training needs. */
export interface TrainDeps extends TrainingDeps {
  readonly store: ArtifactStore
  /** Looks for vulnerabilities in the environment of the run. Left out where the worker has no scanner. */
  readonly findVulnerabilities?: (environment: EnvironmentReport) => Promise<VulnerabilitySearch>
}

/**
 * What came of looking for vulnerabilities: the worker's signed scan of its own environment, `vulnerabilities.json`, or
 * why there is none. `reason` may be a stranger's text of any length: what is recorded of it is one line.
 */
export type VulnerabilitySearch =
  { readonly state: 'scanned'; readonly bytes: Uint8Array } | { readonly state: 'not scanned'; readonly reason: string }

const NO_SCANNER: VulnerabilitySearch = { state: 'not scanned', reason: 'the worker has no scanner' }

/**
 * Trains the staged job in a child process that holds no key, and hashes what it leaves into the store once it is gone.
 *
 * @throws TrainingError, or ParseError for a job record, definition or data set that the child refused
 */
export async function train(staged: StagedJob, deps: TrainDeps, options: TrainingOptions): Promise<TrainedJob> {
  const { job, directory } = staged
  const { submittedAt: requestedAt, parameters } = job.record
  const backend = String(parameters['backend'])
  const outcome = await runTraining({ directory, jobId: job.id, requestedAt, backend }, deps, options)

  const outputs: [OutputName, ArtifactDescriptor][] = []
  for (const name of OUTPUT_NAMES) {
    const file = createReadStream(join(directory, name), { highWaterMark: 1024 * 1024 })
    outputs.push([name, { name, ...(await deps.store.put(file, { maxBytes: options.limits.outputBytes })) }])
  }
  const { command, returnValue, startedAt, endedAt, environment } = outcome
  const search = (await deps.findVulnerabilities?.(environment)) ?? NO_SCANNER
  return {
    staged,
    outputs: Object.fromEntries(outputs) as TrainedJob['outputs'],
    byproducts: {
      'logs.txt': { name: 'logs.txt', ...(await storeBytes(deps.store, outcome.logs)) },
      'environment.json': {
        name: 'environment.json',
        ...(await storeBytes(deps.store, serializeEnvironmentReport(environment))),
      },
      ...(search.state === 'scanned' && {
        [VULNERABILITIES_NAME]: { name: VULNERABILITIES_NAME, ...(await storeBytes(deps.store, search.bytes)) },
      }),
    },
    ...(search.state === 'not scanned' && { notScanned: toReason(search.reason) }),
    command,
    returnValue,
    startedAt,
    endedAt,
    isolation: environment.isolation,
  }
}
