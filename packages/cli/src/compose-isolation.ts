/** Puts together the isolation of trainings. @module */

import { ConfigError } from '@aibomgen/core'
import type { Isolation, IsolationDemands } from '@aibomgen/trainer'

import type { ContainerSettings, Environment } from './config.ts'
import { isProcessorCount } from './numbers.ts'

/** What the client of a container engine reads: where programs, its engine and its settings are. Nothing of ours. */
const ENGINE_VARIABLES = [
  ...['PATH', 'HOME', 'USER', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'],
  ...['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'CONTAINER_HOST', 'CONTAINERS_CONF'],
]

/**
 * The isolation that trainings on this machine run under.
 *
 * @throws ConfigError `USAGE` for an image without a digest, or a number of processors that is none
 * @throws TrainingError `ISOLATION_UNAVAILABLE`
 */
export async function composeIsolation(
  demands: IsolationDemands,
  { image, engine, cpus }: ContainerSettings,
  environment: Environment,
): Promise<Isolation> {
  const trainer = await import('@aibomgen/trainer')
  if (image !== undefined && trainer.digestOfImage(image) === undefined) {
    const reason = `AIBOMGEN_CONTAINER_IMAGE: expected an image by its digest, NAME@sha256:…, got ${JSON.stringify(image)}`
    throw new ConfigError('USAGE', reason, { argument: 'AIBOMGEN_CONTAINER_IMAGE', reason })
  }
  if (cpus !== undefined && !isProcessorCount(cpus)) {
    const reason = `AIBOMGEN_CONTAINER_CPUS: expected a number above 0, such as 1.5, got ${JSON.stringify(cpus)}`
    throw new ConfigError('USAGE', reason, { argument: 'AIBOMGEN_CONTAINER_CPUS', reason })
  }
  const container = trainer.createContainerIsolation({
    ...(image !== undefined && { image }),
    ...(engine !== undefined && { engine }),
    ...(cpus !== undefined && { cpus: Number(cpus) }),
    environment: Object.fromEntries(
      ENGINE_VARIABLES.flatMap((name) => {
        const value = environment[name]
        return value === undefined ? [] : [[name, value]]
      }),
    ),
  })
  const isolations = [container, trainer.createBubblewrapIsolation(), trainer.createProcessIsolation()]
  return trainer.chooseIsolation(isolations, demands)
}
