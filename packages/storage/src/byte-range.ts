/** Byte ranges of artifacts. @module */

import { ArtifactError, type ByteRange } from '@aibomgen/core'

/**
 * Nothing, when `range` lies within `sizeBytes` bytes. An empty range does, wherever it stands.
 *
 * @throws ArtifactError `RANGE_INVALID`
 */
export function assertRangeWithin({ start, end }: ByteRange, sizeBytes: number): void {
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end)
  if (!isRange || start < 0 || end < start || end > sizeBytes) {
    const message = `expected a range within 0 to ${sizeBytes}, got ${start} to ${end}`
    throw new ArtifactError('RANGE_INVALID', message, { start, end, sizeBytes })
  }
}
