/** The composition root: the one place that knows every adapter, the clock and where randomness comes from. @module */

import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { toTimestamp, type Clock } from '@aibomgen/core'
import type { SpecVersion, Withholdable } from '@aibomgen/bom'
import type { PipelineDeps, SubmitDeps } from '@aibomgen/pipeline'
import type { IsolationDemands } from '@aibomgen/trainer'
import type { EnvironmentProbe } from '@aibomgen/trainer/environment'

import type { CommandContext } from './command.ts'
import { composeIsolation } from './compose-isolation.ts'
import { composeRunScan, NOT_ASKED_FOR, type ScanSummary } from './train/run-scan.ts'
import { readLayout, readSigners, type Generation } from './home/generation.ts'
import type { HomeDeps } from './home/home.ts'
import { readVersion } from './package-files.ts'

/** What is decided about one run on this machine, beside the job itself. */
export interface LocalRun {
  readonly jobId: string
  /** Where everything lies until it is whole. */
  readonly scratch: string
  readonly manufacturer: string
  readonly specVersion: SpecVersion
  readonly withheld: readonly Withholdable[]
  readonly isolation: IsolationDemands
  /** Takes what came of looking for vulnerabilities; left out where nobody is to look. */
  readonly onScan?: (scan: ScanSummary) => void
}

/** The largest inputs that a run on this machine takes, in bytes. */
const INPUT_LIMITS = { model: 16 * 1024 ** 3, dataset: 256 * 1024 ** 3 }

/** The system's clock. */
export const systemClock: Clock = { now: () => toTimestamp(new Date()) }

/** A seed for a run that names none. */
export function drawTrainingSeed(): number {
  return randomInt(1, 2 ** 31)
}

/** A fresh job id. */
export function drawJobId(): string {
  return randomUUID()
}

/** What changing the home needs. */
export function composeHome({ config }: CommandContext): HomeDeps {
  return { clock: systemClock, drawKeySeed: () => randomBytes(32), passphrase: config.passphrase }
}

/** Everything that a job needs to be submitted and run in this process, with the keys of one generation of the home. */
export async function composeTraining(
  generation: Generation,
  run: LocalRun,
  { config }: CommandContext,
): Promise<{ readonly submit: SubmitDeps; readonly pipeline: PipelineDeps }> {
  const [{ FsArtifactStore }, { createIssuer, createWorkspaces }] = await Promise.all([
    import('@aibomgen/storage/fs'),
    import('@aibomgen/pipeline'),
  ])
  const signers = await readSigners(generation, ['intake', 'worker', 'issuer'], config.passphrase)
  const { root: trustRoot } = generation.trustRoot
  const common = {
    store: new FsArtifactStore(join(run.scratch, 'store')),
    clock: systemClock,
    trustRoot,
    layout: await readLayout(generation),
  }
  const issuerDeps = {
    ...common,
    signer: signers.issuer,
    manufacturer: { name: run.manufacturer },
    toolVersion: await readVersion(),
  }
  return {
    submit: {
      store: common.store,
      clock: systemClock,
      intakeSigner: signers.intake,
      newJobId: () => run.jobId,
      limits: INPUT_LIMITS,
    },
    pipeline: {
      ...common,
      isolation: await composeIsolation(run.isolation, config.container, config.environment),
      probes: await composeProbes(run.scratch),
      workspaces: createWorkspaces(join(run.scratch, 'workspaces')),
      workerSigner: signers.worker,
      findVulnerabilities: run.onScan
        ? composeRunScan(signers.worker, run, run.onScan, config)
        : async () => NOT_ASKED_FOR,
      issuer: createIssuer(issuerDeps, { specVersion: run.specVersion, withheld: run.withheld }),
    },
  }
}

/** The probes for this machine; `directory` lies on the file system that runs work on. */
export async function composeProbes(directory: string): Promise<readonly EnvironmentProbe[]> {
  const { createMachineProbes } = await import('@aibomgen/trainer/environment')
  return createMachineProbes(directory)
}
