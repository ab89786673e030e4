/** From an S3 server's errors to the port's. @module */

import { S3ServiceException } from '@aws-sdk/client-s3'

import { ArtifactError, SdkError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'

/**
 * What `operation` gives. What may pass on a second try, the client has tried again before it gives up.
 *
 * @throws ArtifactError `STORE_UNAVAILABLE` when the server refuses or cannot be reached. `detail.reason` is its own
 * code (`AccessDenied`, `NoSuchBucket`, `SignatureDoesNotMatch`), the system's (`ECONNREFUSED`), `TimeoutError`, or `HTTP`
 * and a status
 */
export async function onServer<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    throw unavailable(reasonOfServer(cause), cause)
  }
}

/** What is found, or undefined when there is no such object. A missing bucket is an error, where the server tells. */
export async function ifThere<T>(finding: Promise<T>): Promise<T | undefined> {
  try {
    return await finding
  } catch (error) {
    // An answer to HEAD has no body, and so no better name than the status.
    if (error instanceof S3ServiceException && ['NoSuchKey', 'NotFound'].includes(error.name)) return undefined
    throw error
  }
}

/** The error for a server that cannot be used, and why. */
export function unavailable(reason: string, cause?: unknown): ArtifactError<'STORE_UNAVAILABLE'> {
  return new ArtifactError('STORE_UNAVAILABLE', `the artifact store's S3 server: ${reason}`, { reason }, { cause })
}

function reasonOfServer(cause: unknown): string {
  // What the client says of a server that is silent is a sentence about itself.
  if (cause instanceof Error && cause.name === 'TimeoutError') return cause.name
  if (!(cause instanceof S3ServiceException)) return reasonOf(cause)
  const status = cause.$metadata.httpStatusCode
  return cause.name === 'Unknown' && status !== undefined ? `HTTP ${status}` : cause.name
}
