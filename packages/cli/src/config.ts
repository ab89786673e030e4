/** Settings from the environment: the only file that reads it. @module */

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Variables by name, as a process is given them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What containers for trainings are made from, and whose client makes them. */
export interface ContainerSettings {
  readonly image: string | undefined
  readonly engine: string | undefined
  /** How many processors each may use, as it was written. */
  readonly cpus: string | undefined
}

/** What the environment decides. */
export interface Config {
  /** Absolute path of the directory with keys, layout and trust root. */
  readonly home: string
  /** Encrypts new key files and opens encrypted ones. */
  readonly passphrase: string | undefined
  /** False where the user wants none. Whether a stream can show it is another question. */
  readonly color: boolean
  /** Where the commands that talk to a server find it, unless `--server` says. */
  readonly server: string | undefined
  /** What they show to be let in. */
  readonly token: string | undefined
  /** How trainings are confined, unless `--isolation` says. */
  readonly isolation: string | undefined
  readonly container: ContainerSettings
  /** The settings of the platform: `readPlatformSettings` parses them, for the commands that run a part of it. */
  readonly environment: Environment
}

/**
 * AIBOMGEN_HOME (default: `~/.aibomgen`), AIBOMGEN_PASSPHRASE, NO_COLOR, AIBOMGEN_SERVER, AIBOMGEN_TOKEN,
 * AIBOMGEN_ISOLATION, AIBOMGEN_CONTAINER_IMAGE, AIBOMGEN_CONTAINER_ENGINE, AIBOMGEN_CONTAINER_CPUS. An empty variable
 * counts as unset.
 */
export function readConfig(): Config {
  const { AIBOMGEN_HOME, AIBOMGEN_PASSPHRASE, NO_COLOR, AIBOMGEN_SERVER, AIBOMGEN_TOKEN, AIBOMGEN_ISOLATION } =
    process.env
  const { AIBOMGEN_CONTAINER_IMAGE, AIBOMGEN_CONTAINER_ENGINE, AIBOMGEN_CONTAINER_CPUS } = process.env
  return {
    home: AIBOMGEN_HOME ? resolve(AIBOMGEN_HOME) : join(homedir(), '.aibomgen'),
    passphrase: AIBOMGEN_PASSPHRASE || undefined,
    color: !NO_COLOR,
    server: AIBOMGEN_SERVER || undefined,
    token: AIBOMGEN_TOKEN || undefined,
    isolation: AIBOMGEN_ISOLATION || undefined,
    container: {
      image: AIBOMGEN_CONTAINER_IMAGE || undefined,
      engine: AIBOMGEN_CONTAINER_ENGINE || undefined,
      cpus: AIBOMGEN_CONTAINER_CPUS || undefined,
    },
    environment: process.env,
  }
}
