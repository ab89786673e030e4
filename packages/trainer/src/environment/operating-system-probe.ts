/** Sees the operating system and Node. @module */

import { platform, release } from 'node:os'
import { versions } from 'node:process'

import type { EnvironmentProbe } from './capture-environment.ts'
import { observed, unavailable, type Observed } from './observed.ts'
import { readSystemFile } from './system-file.ts'

/** A probe for `operatingSystem` and `node`. `root` is where the system's files lie. */
export function createOperatingSystemProbe(root = '/'): EnvironmentProbe {
  return {
    observes: ['operatingSystem', 'node'],
    async observe() {
      const name = systemName(await readSystemFile(root, 'etc/os-release'))
      return {
        operatingSystem: observed({ name, platform: platform(), kernel: release() }),
        node: observed(versions.node),
      }
    },
  }
}

/** @see os-release(5): shell assignments, the value quoted or not */
function systemName(osRelease: string | undefined): Observed<string> {
  if (osRelease === undefined) return unavailable('no os-release file')
  const name = /^PRETTY_NAME=(["']?)(.+)\1$/m.exec(osRelease)?.[2]
  return name === undefined ? unavailable('os-release has no PRETTY_NAME') : observed(name)
}
