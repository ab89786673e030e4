/** The workers that there are, as they describe themselves. @module */

import { parseWith } from '@aibomgen/core'
import { desc, eq } from 'drizzle-orm'
import * as z from 'zod'

import type { Database } from './database.ts'
import type { WorkerIdentity, WorkerReport } from './job.ts'
import { workers } from './schema.ts'

/** What is shown of a worker, whichever version of ours it is: resources that this one does not know among it. */
const identitySchema = z.looseObject({
  id: z.string(),
  keyid: z.string(),
  isolation: z.looseObject({
    name: z.string(),
    keys: z.string(),
    resources: z.record(
      z.string(),
      z.union([
        z.object({ status: z.literal('enforced'), by: z.string() }),
        z.object({ status: z.literal('not-enforced'), reason: z.string() }),
      ]),
    ),
    image: z.string().optional(),
  }),
  backends: z.array(z.string()),
  cpu: z.string(),
  version: z.string(),
})

/** Puts a worker on the list. */
export async function registerWorker({ db, clock }: Database, identity: WorkerIdentity): Promise<void> {
  const { id, keyid } = identity
  const now = clock.now()
  await db.insert(workers).values({ id, keyid, identity, startedAt: now, lastSeenAt: now })
}

/** Says that a worker lives. */
export async function keepWorker({ db, clock }: Database, id: string): Promise<void> {
  await db.update(workers).set({ lastSeenAt: clock.now() }).where(eq(workers.id, id))
}

/** Says that a worker has nothing to do. */
export async function idleWorker({ db, clock }: Database, id: string): Promise<void> {
  await db.update(workers).set({ jobId: null, lastSeenAt: clock.now() }).where(eq(workers.id, id))
}

/** Takes a worker off the list, that stops in good order. One that is killed stays, and is not seen again. */
export async function removeWorker({ db }: Database, id: string): Promise<void> {
  await db.delete(workers).where(eq(workers.id, id))
}

/** Every worker on the list, the one seen last first. */
export async function listWorkers({ db }: Database): Promise<readonly WorkerReport[]> {
  const rows = await db.select().from(workers).orderBy(desc(workers.lastSeenAt), desc(workers.id))
  return rows.map(({ id, identity, startedAt, lastSeenAt, jobId }) => {
    const parsed = parseWith(identitySchema, identity, `worker ${id}`) as unknown as WorkerIdentity
    return { ...parsed, startedAt, lastSeenAt, ...(jobId === null ? {} : { jobId }) }
  })
}
