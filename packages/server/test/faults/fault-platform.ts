/** One PostgreSQL and one S3 server for the tests of a file, and processes that fail between them. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { SignedTrustRoot } from '@aibomgen/core'
import { S3ArtifactStore, type S3Location } from '@aibomgen/storage/s3'
import { verifyRelease, type VerificationReport } from '@aibomgen/verify'
import { sql } from 'drizzle-orm'

import { openTestBucket, withoutS3, type TestBucket } from '../../../storage/test/s3/test-bucket.ts'
import { openStoredRelease } from '../../src/http/store-release.ts'
import type { Database } from '../../src/jobs/database.ts'
import { listEvents } from '../../src/jobs/events.ts'
import { findJob } from '../../src/jobs/job-records.ts'
import { clock, open } from '../jobs/databases.ts'
import { createPlatform, type Platform } from '../jobs/platform.ts'
import { noPostgres, startPostgres, type PostgresServer } from '../postgres.ts'
import type { FaultSettings } from './fault-process.ts'

const PROGRAM = fileURLToPath(new URL('fault-process.ts', import.meta.url))

/** Why there can be no such platform here; undefined where there can. */
export const noFaultPlatform: string | undefined = noPostgres ?? withoutS3

/** What a name of skipped tests ends in: the reason. */
export const skippedFaults: string = noFaultPlatform === undefined ? '' : ` (skipped: ${noFaultPlatform})`

/** A platform on real servers, with a database of its own. */
export interface FaultPlatform extends AsyncDisposable {
  readonly postgres: PostgresServer
  readonly bucket: TestBucket
  readonly location: S3Location
  readonly url: string
  /** This process's own connection: it serves no queue. */
  readonly database: Database
  readonly platform: Platform
  readonly directory: string
  /** Starts a process, and returns once it works. */
  start(settings: Pick<FaultSettings, 'role' | 'death'>, wrapper?: readonly string[]): Promise<FaultProcess>
  /** Has the queue notice now who is dead, and has what they held tried again at once. */
  noticeDeaths(): Promise<void>
}

/** A process of the platform. */
export interface FaultProcess {
  readonly child: ChildProcess
  /** What it said on standard error so far. */
  readonly said: () => string
  /** Ends it, if it has not ended. */
  readonly kill: () => Promise<void>
  /** How it ended: the signal, or the exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>
}

/** Starts the servers. Ask `noFaultPlatform` first. */
export async function startFaultPlatform(errors: Error[] = []): Promise<FaultPlatform> {
  const directory = await mkdtemp(join(tmpdir(), 'faults-'))
  const [postgres, bucket] = await Promise.all([startPostgres(), openTestBucket()])
  const location = bucket.newLocation()
  const url = await postgres.createDatabase()
  const database = await open({ url }, errors)
  const platform = await createPlatform(directory, () => new S3ArtifactStore(location))
  const processes: FaultProcess[] = []
  return {
    ...{ postgres, bucket, location, url, database, platform, directory },
    async start({ role, death }, wrapper = []) {
      const s3 = { endpoint: bucket.endpoint, bucket: location.bucket, prefix: location.prefix }
      const settings: FaultSettings = { role, directory, url, s3, ...(death === undefined ? {} : { death }) }
      const [command = '', ...argv] = [...wrapper, process.execPath, '--conditions=@aibomgen/source', PROGRAM]
      const started = watch(spawn(command, [...argv, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'pipe'] }))
      processes.push(started)
      await Promise.race([once(started.child.stdout ?? started.child, 'data'), started.ended])
      return started
    },
    async noticeDeaths() {
      const { boss, db } = database
      // Whoever supervises next, this process or another, finds them silent, and none of them given up yet.
      await db.execute(
        sql`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute', retry_count = 0 WHERE state = 'active'`,
      )
      // Looked at by some process a moment ago or not.
      await db.execute(sql`UPDATE pgboss.queue SET monitor_claim_on = NULL, monitor_on = NULL`)
      await boss.supervise()
      await db.execute(sql`UPDATE pgboss.job SET start_after = now(), retry_count = 0 WHERE state = 'retry'`)
    },
    async [Symbol.asyncDispose]() {
      for (const { kill } of processes) await kill()
      await database.close()
      await Promise.all([postgres[Symbol.asyncDispose](), bucket[Symbol.asyncDispose]()])
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function watch(child: ChildProcess): FaultProcess {
  let text = ''
  child.stderr?.on('data', (bytes: Buffer) => (text += String(bytes)))
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number | null)
  return {
    child,
    said: () => text,
    ended,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** What is to be had of a job: how often it was published, and what a verifier finds of it in the store. */
export async function inspectJob(
  { database, platform }: Pick<FaultPlatform, 'database' | 'platform'>,
  jobId: string,
): Promise<{ readonly published: number; readonly verdict: VerificationReport['verdict'] | 'nothing to see' }> {
  const events = await listEvents(database, jobId, 0, 100_000)
  const published = events.filter(({ data }) => data['state'] === 'completed').length
  const release = (await findJob(database, jobId))?.release
  if (release === undefined) return { published, verdict: 'nothing to see' }
  const { trustRoot }: { trustRoot: SignedTrustRoot } = platform
  const report = await verifyRelease(openStoredRelease(release, platform.store), { trustRoot, clock })
  return { published, verdict: report.verdict }
}
