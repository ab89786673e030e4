/** Sees whether this is a container, and of which image. @module */

import type { EnvironmentProbe } from './capture-environment.ts'
import type { Container } from './environment-report.ts'
import { ABSENT, observed, unavailable } from './observed.ts'
import { readSystemFile } from './system-file.ts'

/** Control-group paths by which an engine gives itself away. */
const ENGINE_IN_CGROUP = /docker|containerd|kubepods|libpod|lxc/

/** A probe for `container`. `root` is where the system's files lie. */
export function createContainerProbe(root = '/'): EnvironmentProbe {
  return {
    observes: ['container'],
    async observe() {
      const podman = await readSystemFile(root, 'run/.containerenv')
      if (podman !== undefined) return { container: observed(podmanContainer(podman)) }
      const imageDigest = unavailable('the engine does not tell a container its image')
      if ((await readSystemFile(root, '.dockerenv')) !== undefined) {
        return { container: observed({ engine: observed('docker'), imageDigest }) }
      }
      const engine = ENGINE_IN_CGROUP.exec((await readSystemFile(root, 'proc/1/cgroup')) ?? '')?.[0]
      if (engine === undefined) return { container: ABSENT }
      return { container: observed({ engine: observed(engine), imageDigest }) }
    },
  }
}

/** `/run/.containerenv` of podman: `imageid="<64 hex digits>"`, where the container is privileged. */
function podmanContainer(containerEnv: string): Container {
  const imageId = /^imageid="([0-9a-f]{64})"$/m.exec(containerEnv)?.[1]
  return {
    engine: observed('podman'),
    imageDigest: imageId === undefined ? unavailable('podman does not tell') : observed(`sha256:${imageId}`),
  }
}
