/** The one error that backends have. @module */

import { TrainingError } from '@aibomgen/core'

import type { BackendName } from './training-backend.ts'

/** What a backend that cannot be had here throws. `reason` says what a person can do about it. */
export function backendUnavailable(
  backend: BackendName,
  reason: string,
  cause?: unknown,
): TrainingError<'BACKEND_UNAVAILABLE'> {
  return new TrainingError('BACKEND_UNAVAILABLE', `backend ${backend}: ${reason}`, { backend, reason }, { cause })
}
