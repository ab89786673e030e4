/** Which failures are the infrastructure's, so that the same job may well succeed later or elsewhere. @module */

import { SdkError, type ArtifactError } from '@aibomgen/core'

/** SQLSTATE classes: connection exception, transaction rollback, insufficient resources, operator intervention, system. */
const PASSING_SQLSTATE = /^(08|40|53|57|58)[0-9A-Z]{3}$/
const NETWORK_TROUBLE = /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$)/
/** What node-postgres says without any code. */
const LOST_CONNECTION =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying|Query read timeout)/
/** A disk that is full or broken is this machine's, not the job's. */
const DISK_TROUBLE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'])

/** Whether a job that met the error should be tried again. What a job does to itself is never tried again. */
export function isInfrastructureFailure(error: unknown): boolean {
  if (!(error instanceof SdkError)) return isDatabaseUnavailable(error) || isSystemError(error)
  switch (error.code) {
    case 'STORE_UNAVAILABLE':
    case 'DATABASE_UNAVAILABLE':
      return true
    case 'FILE_UNREADABLE':
    case 'OUTPUT_UNWRITABLE':
      return DISK_TROUBLE.has((error as ArtifactError<'OUTPUT_UNWRITABLE'>).detail.reason)
    default:
      return false
  }
}

/** Whether an error says that the database cannot be reached, or not just now. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  const isPassing = PASSING_SQLSTATE.test(code) || NETWORK_TROUBLE.test(code) || LOST_CONNECTION.test(error.message)
  return isPassing || isDatabaseUnavailable(error.cause)
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
