/** Artifacts that nobody can take away before their time. @module */

import { GetObjectLockConfigurationCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3'

import { addDays, ConfigError, type Clock } from '@aibomgen/core'

import { onServer } from './on-server.ts'
import type { S3Location } from './s3-location.ts'

/** How long each artifact stays locked, counted from its last put. */
export interface ObjectLock {
  /** `COMPLIANCE`: nobody can lift the lock. `GOVERNANCE`: who has the right for it can. */
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE'
  readonly days: number
  readonly clock: Clock
}

/** A lock as a request says it. */
export type LockFields = Pick<PutObjectCommandInput, 'ObjectLockMode' | 'ObjectLockRetainUntilDate'>

/** The fields that lock what is written now; none without a lock. */
export function lockFields(lock: ObjectLock | undefined): LockFields {
  if (lock === undefined) return {}
  return { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: new Date(addDays(lock.clock.now(), lock.days)) }
}

/**
 * Nothing, when the bucket keeps locks. Has to be asked: there are servers that take a lock and forget it.
 *
 * @throws ConfigError `CONFIG_INVALID` when it does not
 * @throws ArtifactError `STORE_UNAVAILABLE`
 */
export async function assertKeepsLocks({ client, bucket }: S3Location): Promise<void> {
  const state = await onServer(() => lockState(client, bucket))
  if (state === 'Enabled') return
  const message = `expected bucket "${bucket}" to have object lock enabled, got ${state}`
  const problems = [{ path: '/objectLock', expected: 'object lock enabled', got: state }]
  throw new ConfigError('CONFIG_INVALID', `S3 artifact store: ${message}`, { document: 'S3 artifact store', problems })
}

async function lockState(client: S3Location['client'], bucket: string): Promise<string> {
  try {
    const { ObjectLockConfiguration } = await client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }))
    return ObjectLockConfiguration?.ObjectLockEnabled ?? 'none'
  } catch (error) {
    const refusals = ['ObjectLockConfigurationNotFoundError', 'NotImplemented', 'MethodNotAllowed']
    if (error instanceof Error && refusals.includes(error.name)) return error.name
    throw error
  }
}
