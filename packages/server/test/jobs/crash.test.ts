/** Processes that are killed, and connections that are cut: no job is lost, none is published twice. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { openDatabase, type Database, type DatabaseConfig } from '../../src/jobs/database.ts'
import { listEvents } from '../../src/jobs/events.ts'
import { runIssuer } from '../../src/jobs/issuer.ts'
import { findJob, submitRecord } from '../../src/jobs/job-records.ts'
import { runWorker } from '../../src/jobs/worker.ts'
import { noPostgres, startPostgres, type PostgresServer } from '../postgres.ts'
import { clock, open } from './databases.ts'
import { createPlatform, type Platform } from './platform.ts'
import { untilEnded, untilEvent } from './until.ts'

const PROGRAM = fileURLToPath(new URL('worker-process.ts', import.meta.url))

let directory: string
const children: ChildProcess[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crash-test-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child)
  await rm(directory, { recursive: true })
})

/** A process of the platform's. */
function startProcess(role: 'submit' | 'work', config: DatabaseConfig): ChildProcess {
  const argv = ['--conditions=@aibomgen/source', PROGRAM, role, directory, JSON.stringify(config)]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** What the process says of the job that it submitted; it is killed the moment that it does. */
async function submitAndDie(config: DatabaseConfig): Promise<string> {
  const child = startProcess('submit', config)
  const [answer] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  await kill(child)
  return String(answer).trim()
}

describe('on PGlite', () => {
  it('a submission that was answered is there after kill -9, and another process may open the directory', async () => {
    const config = { directory: join(directory, 'database') }
    const id = await submitAndDie(config)
    const database = await open(config)
    expect(await findJob(database, id)).toMatchObject({ state: 'queued', owner: 'ada' })
    await expect(open(config)).rejects.toMatchObject({ code: 'DATABASE_LOCKED' })
    await database.close()
  })
})

describe.skipIf(noPostgres)(`on PostgreSQL${noPostgres === undefined ? '' : ` (skipped: ${noPostgres})`}`, () => {
  let server: PostgresServer
  let config: { readonly url: string }
  let database: Database
  let platform: Platform
  const errors: Error[] = []

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(async () => {
    config = { url: await server.createDatabase() }
    database = await open(config, errors)
    platform = await createPlatform(directory)
  })
  afterEach(() => database.close())

  /** Works in this process while `action` goes on. */
  async function working<T>(action: () => Promise<T>): Promise<T> {
    const stop = new AbortController()
    const onError = (error: Error): void => void errors.push(error)
    const work = Promise.all([
      runWorker(platform.workerDeps(database, onError), await platform.workerOptions(), stop.signal),
      runIssuer(platform.issuerDeps(database, onError), { includeInputs: true }, stop.signal),
    ])
    try {
      return await action()
    } finally {
      stop.abort()
      await work
    }
  }

  it('a submission that was answered outlives the death of its server, and of the database', async () => {
    const id = await submitAndDie(config)
    await server.kill()
    await server.start()
    await database.close()
    database = await open(config)
    expect(await working(() => untilEnded(database, id))).toMatchObject({ state: 'completed' })
  })

  it('a job whose worker is killed with -9 is done by another, and published once', async () => {
    const worker = startProcess('work', config)
    const job = await platform.submitWine({ epochs: 200 })
    const { id } = await submitRecord(database, { job, owner: 'ada', priority: 0 })
    await untilEvent(database, id, ({ type }) => type === 'epoch')
    await kill(worker)
    // The heartbeat was a minute ago: nobody has to wait for it.
    await database.db.execute(
      sql`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active'`,
    )
    const ended = await working(() => untilEnded(database, id))
    expect(ended).toMatchObject({ state: 'completed', attempt: 2 })
    const events = await listEvents(database, id, 0, 5000)
    expect(events.filter(({ data }) => data['state'] === 'completed')).toHaveLength(1)
  })

  it('a job goes on when every connection is cut under its training', async () => {
    const job = await platform.submitWine({ epochs: 200 })
    const { id } = await submitRecord(database, { job, owner: 'ada', priority: 0 })
    const ended = await working(async () => {
      await untilEvent(database, id, ({ type }) => type === 'epoch')
      await server.cutConnections(config.url)
      // Who asks in that moment has lost the connection as well, and asks again.
      return untilEnded(database, id).catch(() => untilEnded(database, id))
    })
    expect(ended).toMatchObject({ state: 'completed' })
    expect(errors).not.toEqual([])
  })

  it('two processes that work at once do every job once', async () => {
    startProcess('work', config)
    const ids = await working(async () => {
      const submitted: string[] = []
      for (let count = 0; count < 4; count++) {
        const job = await platform.submitWine()
        submitted.push((await submitRecord(database, { job, owner: 'ada', priority: 0 })).id)
      }
      for (const id of submitted)
        expect(await untilEnded(database, id)).toMatchObject({ state: 'completed', attempt: 1 })
      return submitted
    })
    expect(ids).toHaveLength(4)
  })

  it('a database that is not there is said to be that, without its password', async () => {
    const url = 'postgres://user:secret@127.0.0.1:1/nothing'
    const failure = await openDatabase({ url }, { clock, onError: () => undefined }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'DATABASE_UNAVAILABLE', detail: { reason: 'ECONNREFUSED' } })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret')
  })
})
