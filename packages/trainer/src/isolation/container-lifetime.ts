/** One container's life: what it is stopped by, and its end. @module */

import { setTimeout } from 'node:timers/promises'

import type { LimitFacts } from '@aibomgen/core'

import type { ContainerEngine } from './container-engine.ts'
import { reachedInGroupOf, type ControlGroup } from './control-group.ts'
import type { Limits } from './limits.ts'

const REMOVAL_ATTEMPTS = 100
const REMOVAL_PAUSE_MILLISECONDS = 100

/** The control group that an engine makes for container `id`, as far as it is seen from here. */
export function observeContainer(engine: ContainerEngine, id: string, limits: Limits): ControlGroup {
  let pid: number | undefined
  let reached: LimitFacts | undefined
  return {
    joinFiles: [],
    async reached() {
      // Before it has started it has no process, and afterwards there is no container.
      if (!pid) pid = Number(await engine.ask(['inspect', '--format', '{{.State.Pid}}', id]).catch(() => '0'))
      if (pid) reached ??= await reachedInGroupOf(pid, id, limits)
      return reached
    },
    remove: async () => undefined,
  }
}

/**
 * Kills a container and takes it away, whether it is there, was never started or is going already.
 *
 * @throws Error where it stays
 */
export async function removeContainer(engine: ContainerEngine, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const failure: unknown = await engine.ask(['rm', '--force', '--volumes', name]).catch((error: unknown) => error)
    const left = await engine.ask(['ps', '--all', '--quiet', '--filter', `name=^${name}$`])
    if (left === '') return
    if (attempt === REMOVAL_ATTEMPTS) throw failure
    await setTimeout(REMOVAL_PAUSE_MILLISECONDS)
  }
}
