/** Parts of the platform as the program puts them together, in this process. @module */

import { join } from 'node:path'

import type { Environment } from '../../src/config.ts'
import { readPlatformSettings, type PlatformSettings } from '../../src/platform/settings.ts'

/** The settings that these variables say, and nothing else, for a home in `directory`. */
export function readSettings(directory: string, environment: Environment): Promise<PlatformSettings> {
  const unset = { passphrase: undefined, server: undefined, token: undefined, isolation: undefined }
  const container = { image: undefined, engine: undefined, cpus: undefined }
  return readPlatformSettings({ home: join(directory, 'home'), color: false, ...unset, container, environment }, {})
}
