/** From the operating system's errors to the port's. @module */

import { ArtifactError, SdkError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'

/**
 * What `operation` gives.
 *
 * @throws ArtifactError `STORE_UNAVAILABLE` when the file system refuses: no space, no permission, a broken disk
 */
export async function onDisk<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    const reason = reasonOf(cause)
    throw new ArtifactError('STORE_UNAVAILABLE', `the artifact store's disk refuses: ${reason}`, { reason }, { cause })
  }
}

/** What is found, or undefined when there is no such file. */
export async function ifThere<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(reasonOf(error))) return undefined
    throw error
  }
}
