/** What training children printed: there while they run, and kept. @module */

import { concatBytes } from '@aibomgen/core'
import { asc, eq } from 'drizzle-orm'

import type { Database } from './database.ts'
import { jobLogs } from './schema.ts'

/** All that a job has printed so far. A line says where another attempt begins. What is no UTF-8 shows as U+FFFD. */
export async function readLog({ db }: Database, jobId: string): Promise<string> {
  const pieces = await db
    .select({ attempt: jobLogs.attempt, bytes: jobLogs.bytes })
    .from(jobLogs)
    .where(eq(jobLogs.jobId, jobId))
    .orderBy(asc(jobLogs.sequence))
  const attempts = Map.groupBy(pieces, ({ attempt }) => attempt)
  const decoder = new TextDecoder()
  return [...attempts]
    .map(([attempt, own]) => {
      const text = decoder.decode(concatBytes(...own.map(({ bytes }) => bytes)))
      return attempt === 1 ? text : `[attempt ${attempt}]\n${text}`
    })
    .join('')
}
