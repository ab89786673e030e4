/** The end of a job's log. @module */

import { concatBytes } from '@aibomgen/core'
import { and, desc, eq } from 'drizzle-orm'

import type { Database } from '../jobs/database.ts'
import { jobLogs } from '../jobs/schema.ts'

/** Pieces are as long as what the child wrote at once. */
const MAX_PIECES = 50

/** The last lines, at most `lines`, that one attempt at a job has printed. What is no UTF-8 shows as U+FFFD. */
export async function readLogTail(
  { db }: Database,
  job: { readonly id: string; readonly attempt: number },
  lines: number,
): Promise<string> {
  const pieces = await db
    .select({ bytes: jobLogs.bytes })
    .from(jobLogs)
    .where(and(eq(jobLogs.jobId, job.id), eq(jobLogs.attempt, job.attempt)))
    .orderBy(desc(jobLogs.sequence))
    .limit(MAX_PIECES)
  const text = new TextDecoder().decode(concatBytes(...pieces.reverse().map(({ bytes }) => bytes)))
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}
