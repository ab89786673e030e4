/** Workers and issuers of this process, put together: each with its own key and no other. @module */

import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Signer } from '@aibomgen/core'
import { createIssuer, createWorkspaces } from '@aibomgen/pipeline'
import { runIssuer, runWorker } from '@aibomgen/server'
import { DEFAULT_LIMITS, installedBackends } from '@aibomgen/trainer'
import { captureEnvironment, type EnvironmentProbe, type MachineObservations } from '@aibomgen/trainer/environment'

import { composeIsolation } from '../compose-isolation.ts'
import { composeProbes, systemClock } from '../compose.ts'
import { listKeyFiles, readLayout, readSigners } from '../home/generation.ts'
import { readVersion } from '../package-files.ts'
import { composeEnvironmentScans, type EnvironmentScans } from './environment-scans.ts'
import type { Platform } from './open-platform.ts'

/** Works until its signal aborts. */
export type Work = (signal: AbortSignal) => Promise<void>

const PROBE_TIMEOUT_SECONDS = 20

/**
 * Workers that train one job each at a time, and scan the environment that they train in.
 *
 * @throws ConfigError `HOME_INCOMPLETE` without the worker's key or a layout
 */
export async function composeWorkers(platform: Platform, count: number): Promise<readonly Work[]> {
  if (count === 0) return []
  const { logger, settings, generation, passphrase } = platform
  const { worker: signer } = await readSigners(generation, ['worker'], passphrase)
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o700 })
  const probes = await composeProbes(settings.dataDirectory)
  const seen = await captureEnvironment(probes, { timeoutSeconds: PROBE_TIMEOUT_SECONDS })
  const { scans, find } = await composeEnvironmentScans({
    settings: settings.scans,
    directory: join(settings.dataDirectory, 'scans'),
    signer,
    packages: seen.packages,
    environment: platform.environment,
    logger,
  })
  const works: Work[] = [(signal) => scans.runSchedule(settings.scans.intervalSeconds, signal)]
  for (let worker = 0; worker < count; worker += 1) {
    works.push(await composeWorker(platform, { signer, probes, seen, findVulnerabilities: find }))
  }
  return works
}

interface WorkerParts {
  readonly signer: Signer
  readonly probes: readonly EnvironmentProbe[]
  readonly seen: MachineObservations
  readonly findVulnerabilities: EnvironmentScans['find']
}

async function composeWorker(platform: Platform, parts: WorkerParts): Promise<Work> {
  const { database, store, logger, settings, generation } = platform
  const { signer: worker, probes, seen, findVulnerabilities } = parts
  const demands = {
    ...(settings.isolation !== undefined && { name: settings.isolation }),
    atLeast: settings.requireIsolation,
  }
  const isolation = await composeIsolation(demands, settings.container, platform.environment)
  const cpu = seen.cpu.status === 'observed' && seen.cpu.value.model
  const deps = {
    database,
    store,
    clock: systemClock,
    isolation,
    probes,
    workspaces: createWorkspaces(join(settings.dataDirectory, 'workspaces')),
    workerSigner: worker,
    findVulnerabilities,
    trustRoot: generation.trustRoot.root,
    layout: await readLayout(generation),
    onError: (error: Error) => logger.error('the worker met an error', { error }),
  }
  const { memoryBytes, wallClockSeconds } = settings
  const options = {
    limits: {
      ...DEFAULT_LIMITS,
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(wallClockSeconds !== undefined && { wallClockSeconds }),
    },
    // Whoever breaks out of a training reaches what lies in this home, and no more.
    keySeparation: (await listKeyFiles(generation)).length === 1 ? ('separate' as const) : ('single-host' as const),
    requireIsolation: settings.requireIsolation,
    graceSeconds: settings.graceSeconds,
    identity: {
      id: randomUUID(),
      keyid: worker.publicKey.keyid,
      isolation: await isolation.probe(),
      backends: installedBackends(),
      cpu: cpu !== false && cpu.status === 'observed' ? cpu.value : 'unknown',
      version: await readVersion(),
    },
  }
  return (signal) => runWorker(deps, options, signal)
}

/**
 * An issuer, which verifies what workers recorded, and publishes.
 *
 * @throws ConfigError `HOME_INCOMPLETE` without the issuer's key or a layout
 */
export async function composeIssuer(platform: Platform): Promise<Work> {
  const { database, store, logger, settings, generation, passphrase } = platform
  const { issuer: signer } = await readSigners(generation, ['issuer'], passphrase)
  const issuer = createIssuer(
    {
      store,
      clock: systemClock,
      signer,
      trustRoot: generation.trustRoot.root,
      layout: await readLayout(generation),
      manufacturer: { name: settings.manufacturer },
      toolVersion: await readVersion(),
    },
    { specVersion: settings.specVersion, withheld: settings.withheld },
  )
  const onError = (error: Error): void => logger.error('the issuer met an error', { error })
  return (signal) => runIssuer({ database, store, issuer, onError }, { includeInputs: true }, signal)
}
