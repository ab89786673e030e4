import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseTimestamp, utf8Encode, type Clock } from '@aibomgen/core'
import type { SubmittedJob } from '@aibomgen/pipeline'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Principal } from '../../src/auth/principal.ts'
import { createDashboard, DASHBOARD_POLICY } from '../../src/dashboard/create-dashboard.ts'
import { readMetricHistory } from '../../src/dashboard/metric-history.ts'
import { openDatabase, type Database } from '../../src/jobs/database.ts'
import { writeEvents } from '../../src/jobs/events.ts'
import { submitRecord } from '../../src/jobs/job-records.ts'
import { jobLogs, jobs, workers } from '../../src/jobs/schema.ts'
import { readPlatformState } from '../../src/operation/platform-state.ts'
import { makeJob } from '../jobs/made-jobs.ts'

const clock: Clock = { now: () => parseTimestamp('2026-11-22T12:10:00Z') }
const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>\u202e`
const operator: Principal = { id: 'olga', roles: ['user', 'operator'], kind: 'oidc' }
const alice: Principal = { id: 'alice', roles: ['user'], kind: 'oidc' }
const bob: Principal = { id: 'bob', roles: ['user'], kind: 'oidc' }

let directory: string
let database: Database
let trained: SubmittedJob
let failed: SubmittedJob

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-dashboard-'))
  database = await openDatabase({ directory: join(directory, 'database') }, { clock, onError: () => {} })
  trained = makeJob()
  failed = named(makeJob(), HOSTILE)
  await submitRecord(database, { job: trained, owner: 'alice', priority: 0 })
  await submitRecord(database, { job: failed, owner: 'bob', priority: 0 })
  await database.db
    .update(jobs)
    .set({
      state: 'running',
      attempt: 1,
      startedAt: parseTimestamp('2026-11-22T12:01:00Z'),
      progress: { epoch: 3, epochs: 10, metrics: { loss: 0.25, [HOSTILE]: 1 }, secondsLeft: 75 },
    })
    .where(eq(jobs.id, trained.id))
  await database.db
    .update(jobs)
    .set({
      state: 'failed',
      attempt: 1,
      startedAt: parseTimestamp('2026-11-22T12:01:00Z'),
      endedAt: parseTimestamp('2026-11-22T12:01:30Z'),
      failure: { code: 'DATASET_INVALID', message: `row 3: ${HOSTILE}` },
    })
    .where(eq(jobs.id, failed.id))
  await writeEpochs(trained.id, 1, 1000)
  await writeEpochs(trained.id, 2, 1)
  await database.db
    .insert(jobLogs)
    .values({ jobId: trained.id, attempt: 1, bytes: utf8Encode(`first line\n</pre>${HOSTILE}\nlast line\n`) })
  await database.db.insert(workers).values({
    id: 'b2f4a1c0-0000-4000-8000-000000000000',
    keyid: 'ab'.repeat(32),
    identity: {
      id: 'b2f4a1c0-0000-4000-8000-000000000000',
      keyid: 'ab'.repeat(32),
      isolation: {
        name: 'process',
        keys: 'reachable',
        resources: Object.fromEntries(
          [
            'network',
            'fileSystem',
            'environmentVariables',
            'memory',
            'processes',
            'openFiles',
            'outputSize',
            'wallClock',
          ].map((resource) => [resource, { status: 'not-enforced', reason: 'test' }]),
        ),
      },
      backends: ['wasm', 'cpu'],
      cpu: HOSTILE,
      version: '0.0.0',
    },
    jobId: trained.id,
    startedAt: parseTimestamp('2026-11-22T12:00:00Z'),
    lastSeenAt: parseTimestamp('2026-11-22T12:09:58Z'),
  })
})

afterAll(async () => {
  await database.close()
  await rm(directory, { recursive: true, force: true })
})

function named(job: SubmittedJob, name: string): SubmittedJob {
  return { ...job, record: { ...job.record, metadata: { model_name: name } } }
}

async function writeEpochs(jobId: string, attempt: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => ({
    jobId,
    attempt,
    type: 'epoch' as const,
    data: {
      epoch: index + 1,
      epochs: count,
      metrics: { loss: 1 / (index + 1), val_loss: 2 / (index + 1) },
      secondsLeft: 1,
    },
  }))
  await database.transact((transaction) => writeEvents(database, transaction, events as [(typeof events)[0]]))
}

async function get(path: string, principal: Principal = operator): Promise<{ answer: Response; text: string }> {
  const answer = await createDashboard({ database, clock, principalOf: () => principal }).request(path)
  return { answer, text: await answer.text() }
}

describe('the first page', () => {
  it('shows jobs with state, progress and metrics, the queue and the workers', async () => {
    const { answer, text } = await get('/')
    expect(answer.status).toBe(200)
    expect(text).toContain('Wein &amp; Käse')
    expect(text).toContain('epoch 3 of 10, 1 min 15 s left')
    expect(text).toContain('DATASET_INVALID')
    expect(text).toMatch(/2 jobs wait\s+for a\s+worker/)
    expect(text).toContain('wasm, cpu')
    expect(text).toMatch(/<progress\s+value="3"\s+max="10"/)
  })

  it('shows a user their own jobs alone, and operators everybody’s', async () => {
    const own = (await get('/', alice)).text
    expect(own).toContain(trained.id)
    expect(own).not.toContain(failed.id)
    const others = (await get('/', bob)).text
    expect(others).not.toContain(trained.id)
    expect((await get('/')).text).toContain(failed.id)
  })

  it('shows one state where that is asked for, and all of them for a word that is none', async () => {
    expect((await get('/?state=running')).text).not.toContain(failed.id)
    expect((await get(`/?state=${encodeURIComponent(HOSTILE)}`)).text).toContain(failed.id)
  })

  it('goes on after a job, and not after somebody else’s', async () => {
    const [older] = await database.db.select({ id: jobs.id }).from(jobs).orderBy(jobs.id).limit(1)
    const [newer] = [trained.id, failed.id].filter((id) => id !== older?.id)
    expect((await get(`/?before=${newer}`)).text).toContain(`/ui/jobs/${older?.id}`)
    expect((await get(`/?before=${newer}`)).text).not.toContain(`href="/ui/jobs/${newer}"><bdi>`)
    expect((await get(`/?before=${failed.id}`, alice)).text).toContain(trained.id)
  })
})

describe('a job’s page', () => {
  it('draws the metrics and shows parameters, files and log', async () => {
    const { text } = await get(`/ui/jobs/${trained.id}`)
    expect(text).toContain('<polyline')
    expect(text).toContain('loss from epoch')
    expect(text).toContain('validation_split')
    expect(text).toContain(trained.record.files.model.sha256)
    expect(text).toContain('last line')
    expect(text).toContain(`data-events="/jobs/${trained.id}/events"`)
  })

  it('says why a job failed, and listens to it no more', async () => {
    const { text } = await get(`/ui/jobs/${failed.id}`, bob)
    expect(text).toContain('DATASET_INVALID')
    expect(text).toContain('data-events=""')
    expect(text).toContain('data-final="yes"')
  })

  it.each([
    ['a job of somebody else', () => failed.id],
    ['a job that is none', () => '00000000-0000-4000-8000-000000000000'],
    ['no id at all', () => encodeURIComponent(HOSTILE)],
  ])('gives the same 404 for %s', async (_, id) => {
    const { answer, text } = await get(`/ui/jobs/${id()}`, alice)
    expect(answer.status).toBe(404)
    expect(text).toBe((await get('/ui/jobs/x', alice)).text)
  })
})

describe('every page', () => {
  const pages: readonly [string, () => string][] = [
    ['the first page', () => '/'],
    ['a running job', () => `/ui/jobs/${trained.id}`],
    ['a failed job', () => `/ui/jobs/${failed.id}`],
  ]

  it.each(pages)('escapes what strangers named: %s', async (_, path) => {
    const { text } = await get(path())
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toContain(HOSTILE.slice(0, 10))
    expect(text).not.toMatch(/<script>|<img|onerror=(?!alert\(1\)&gt;)/)
    expect(text.match(/<script/g)).toHaveLength(1)
  })

  it.each(pages)('holds nothing that its own policy forbids: %s', async (_, path) => {
    const { answer, text } = await get(path())
    expect(answer.headers.get('content-security-policy')).toBe(DASHBOARD_POLICY)
    expect(text).not.toMatch(/<[^>]*\s(?:style|on[a-z]+)=/i)
    expect(text).not.toMatch(/<style|<script(?![^>]* src="\/ui\/assets\/)/)
    expect(text).not.toMatch(/(?:src|href)="(?!\/|#)/)
  })

  it.each(pages)('loads assets that are there and may be kept: %s', async (_, path) => {
    const { text } = await get(path())
    const assets = text.match(/\/ui\/assets\/[\w.]+/g) ?? []
    expect(assets).toHaveLength(3)
    for (const asset of assets) {
      const { answer } = await get(asset)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toContain('immutable')
    }
  })
})

describe('readMetricHistory', () => {
  it('thins a long history out evenly, and keeps its end', async () => {
    const history = await readMetricHistory(database, { id: trained.id, attempt: 1 }, 300)
    expect(history).toHaveLength(250)
    expect(history.at(-1)?.epoch).toBe(1000)
    expect(new Set(history.slice(1).map(({ epoch }, index) => epoch - (history[index]?.epoch ?? 0)))).toEqual(
      new Set([4]),
    )
  })

  it('takes one attempt alone, and nothing where there is nothing', async () => {
    expect(await readMetricHistory(database, { id: trained.id, attempt: 2 }, 300)).toHaveLength(1)
    expect(await readMetricHistory(database, { id: failed.id, attempt: 1 }, 300)).toEqual([])
  })
})

describe('readPlatformState', () => {
  it('counts jobs by state, queues, workers and how long runs took', async () => {
    expect(await readPlatformState(database)).toMatchObject({
      jobs: { queued: 0, running: 1, completed: 0, failed: 1, cancelled: 0 },
      queues: { train: { waiting: 2, active: 0 } },
      workers: [{ cpu: HOSTILE, jobId: trained.id }],
      runLengths: [{ state: 'failed', seconds: 30, count: 1 }],
    })
  })
})
