/** Train: the training child runs on the staged inputs, and what came out is hashed into the store. @module */

import { createReadStream } from 'node:fs'
import { join } from 'node:path'

import {
  OUTPUT_NAMES,
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
  /**
   * The worker's signed scan of its own environment, where one came to its end: `vulnerabilities.json`. Left out where
   * nobody scans.
   */
  readonly findVulnerabilities?: (environment: EnvironmentReport) => Promise<Uint8Array | undefined>
}

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
  const findings = await deps.findVulnerabilities?.(environment)
  return {
    staged,
    outputs: Object.fromEntries(outputs) as TrainedJob['outputs'],
    byproducts: {
      'logs.txt': { name: 'logs.txt', ...(await storeBytes(deps.store, outcome.logs)) },
      'environment.json': {
        name: 'environment.json',
        ...(await storeBytes(deps.store, serializeEnvironmentReport(environment))),
      },
      ...(findings !== undefined && {
        [VULNERABILITIES_NAME]: { name: VULNERABILITIES_NAME, ...(await storeBytes(deps.store, findings)) },
      }),
    },
    command,
    returnValue,
    startedAt,
    endedAt,
    isolation: environment.isolation,
  }
}
