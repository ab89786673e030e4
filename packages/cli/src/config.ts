/** Settings from the environment: the only file that reads it. @module */

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** What the environment decides. */
export interface Config {
  /** Absolute path of the directory with keys, layout and trust root. */
  readonly home: string
  /** Encrypts new key files and opens encrypted ones. */
  readonly passphrase: string | undefined
  /** False where the user wants none. Whether a stream can show it is another question. */
  readonly color: boolean
}

/** AIBOMGEN_HOME (default: `~/.aibomgen`), AIBOMGEN_PASSPHRASE, NO_COLOR. An empty variable counts as unset. */
export function readConfig(): Config {
  const { AIBOMGEN_HOME, AIBOMGEN_PASSPHRASE, NO_COLOR } = process.env
  return {
    home: AIBOMGEN_HOME ? resolve(AIBOMGEN_HOME) : join(homedir(), '.aibomgen'),
    passphrase: AIBOMGEN_PASSPHRASE || undefined,
    color: !NO_COLOR,
  }
}
