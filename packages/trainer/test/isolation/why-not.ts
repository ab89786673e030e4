/** Whether an isolation can be had here, for tests to be skipped with the reason. @module */

import type { Isolation } from '@aibomgen/trainer'

/** Why `isolation` cannot be had here; undefined where it can. */
export async function whyNot(isolation: Isolation): Promise<string | undefined> {
  try {
    await isolation.probe()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
