/** The metrics of a job's epochs, few enough to draw. @module */

import { parseWith } from '@aibomgen/core'
import { sql } from 'drizzle-orm'
import * as z from 'zod'

import type { Database } from '../jobs/database.ts'
import { jobEvents } from '../jobs/schema.ts'

/** One epoch, counted from 1, with the values of its metrics by name. */
export interface EpochMetrics {
  readonly epoch: number
  readonly metrics: Readonly<Record<string, number>>
}

const epochSchema = z.object({ epoch: z.int().min(1), metrics: z.record(z.string(), z.number()) })

/** The epochs of one attempt at a job, in their order: the last one, and of the others evenly many up to `limit`. */
export async function readMetricHistory(
  { db }: Database,
  job: { readonly id: string; readonly attempt: number },
  limit: number,
): Promise<readonly EpochMetrics[]> {
  const { rows } = await db.execute<{ data: unknown }>(sql`
    SELECT data FROM (
      SELECT data, row_number() OVER (ORDER BY sequence DESC) - 1 AS age, count(*) OVER () AS epochs
      FROM ${jobEvents} WHERE job_id = ${job.id} AND attempt = ${job.attempt} AND type = 'epoch'
    ) AS numbered
    WHERE age % ceil(epochs / ${limit}::numeric)::bigint = 0 ORDER BY age DESC`)
  return rows.map(({ data }) => parseWith(epochSchema, data, 'epoch event'))
}
