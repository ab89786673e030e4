/** The job that a request is about. @module */

import { findJob } from '../../jobs/job-records.ts'
import type { Job } from '../../jobs/job.ts'
import type { AppContext, AppDeps } from '../app-deps.ts'
import { assertMayRead } from '../auth.ts'

/**
 * The job of that id, when there is one that the caller may see.
 *
 * @throws TrainingError `JOB_NOT_FOUND`, in either case the same
 */
export async function readJob(context: AppContext, { database }: Pick<AppDeps, 'database'>, id: string): Promise<Job> {
  const job = await findJob(database, id)
  assertMayRead(context.get('principal'), job, id)
  return job
}
