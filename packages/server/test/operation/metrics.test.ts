import type { KeyId, Timestamp } from '@aibomgen/core'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

import type { AppEnv } from '../../src/http/app-deps.ts'
import { createMetrics } from '../../src/operation/metrics.ts'
import type { PlatformState } from '../../src/operation/platform-state.ts'
import { CLOCK, logToMemory } from './lines.ts'

const worker = {
  keyid: 'ab' as KeyId,
  isolation: { name: 'process' } as never,
  backends: ['wasm'],
  cpu: 'x',
  version: '0',
  startedAt: '2026-11-22T11:00:00Z' as Timestamp,
}
const STATE: PlatformState = {
  jobs: { queued: 2, running: 1, completed: 3, failed: 0, cancelled: 0 },
  queues: { train: { waiting: 2, active: 1 } },
  workers: [
    { ...worker, id: 'w1', lastSeenAt: '2026-11-22T11:59:50Z' as Timestamp },
    { ...worker, id: 'ahead', lastSeenAt: '2026-11-22T12:00:05Z' as Timestamp },
    { ...worker, id: 'long-gone', lastSeenAt: '2026-11-01T00:00:00Z' as Timestamp },
  ],
  runLengths: [
    { state: 'completed', seconds: 1, count: 2 },
    { state: 'completed', seconds: 400, count: 1 },
  ],
}

function create(readState: () => Promise<PlatformState> = async () => STATE): {
  app: Hono<AppEnv>
  scrape: () => Promise<string>
} {
  let seconds = 0
  const metrics = createMetrics({
    readState,
    clock: CLOCK,
    elapsedSeconds: () => (seconds += 0.03),
    timeoutSeconds: 0.05,
    logger: logToMemory().logger,
  })
  const app = new Hono<AppEnv>()
  app.use(metrics.middleware)
  app.get('/metrics', metrics.handler)
  app.get('/job_status/:id', (context) => context.text('ok'))
  app.post('/verifier/verify_file_hash', (context) => {
    const asked = context.req.query('ends')
    context.get('countUpload')?.('link_file', 12)
    if (asked === 'success' || asked === 'failure') context.set('verdict', asked)
    return context.text('', asked === 'refused' ? 429 : asked === 'error' ? 503 : 200)
  })
  return { app, scrape: async () => (await app.request('/metrics')).text() }
}

describe('createMetrics', () => {
  it('tells where the platform stands', async () => {
    const text = await create().scrape()
    expect(text).toContain('aibomgen_database_up 1\n')
    expect(text).toContain('aibomgen_jobs{state="queued"} 2\n')
    expect(text).toContain('aibomgen_jobs{state="failed"} 0\n')
    expect(text).toContain('aibomgen_queue_depth{queue="train",state="waiting"} 2\n')
  })

  it('tells how long ago each worker was seen, and nothing of those long gone', async () => {
    const text = await create().scrape()
    expect(text).toContain('aibomgen_worker_last_seen_seconds{worker="w1"} 10\n')
    expect(text).toContain('aibomgen_worker_last_seen_seconds{worker="ahead"} 0\n')
    expect(text).not.toContain('long-gone')
  })

  it('tells how long runs took, a whole second counting in its own bucket', async () => {
    const text = await create().scrape()
    expect(text).toContain('aibomgen_training_seconds_bucket{le="1",state="completed"} 2\n')
    expect(text).toContain('aibomgen_training_seconds_bucket{le="300",state="completed"} 2\n')
    expect(text).toContain('aibomgen_training_seconds_count{state="completed"} 3\n')
    expect(text).toContain('aibomgen_training_seconds_sum{state="completed"} 402\n')
  })

  it.each([
    ['refuses', () => Promise.reject(new Error('no'))],
    ['hangs', () => new Promise<PlatformState>(() => {})],
  ])('answers while the database %s, and says that it is down', async (_, readState) => {
    const text = await create(readState).scrape()
    expect(text).toContain('aibomgen_database_up 0\n')
    expect(text).not.toContain('aibomgen_jobs')
    expect(text).toContain('aibomgen_upload_bytes_total')
  })

  it('counts requests by the route, never by what a stranger typed', async () => {
    const { app, scrape } = create()
    await app.request('/job_status/1')
    await app.request('/job_status/2')
    await app.request('/no/such/"path"')
    await app.request('/job_status/3', { method: 'PROPFIND' })
    const text = await scrape()
    expect(text).toContain('aibomgen_http_request_seconds_count{method="GET",route="/job_status/:id",status="200"} 2\n')
    expect(text).toContain('aibomgen_http_request_seconds_count{method="GET",route="none",status="404"} 1\n')
    expect(text).toContain('aibomgen_http_request_seconds_count{method="other",route="none",status="404"} 1\n')
    expect(text).not.toContain('such')
  })

  it.each(['success', 'failure', 'refused', 'error'])('counts a verification that ends in %s', async (ends) => {
    const { app, scrape } = create()
    await app.request(`/verifier/verify_file_hash?ends=${ends}`, { method: 'POST' })
    const text = await scrape()
    expect(text).toContain(`aibomgen_verification_seconds_count{kind="verify_file_hash",outcome="${ends}"} 1\n`)
    expect(text.match(/aibomgen_verification_seconds_count/g)).toHaveLength(1)
  })

  it('counts bytes that come in, and no verification where there was none', async () => {
    const { app, scrape } = create()
    for (const path of ['/verifier/verify_file_hash', '/verifier/verify_file_hash']) {
      await app.request(`${path}?ends=success`, { method: 'POST' })
    }
    await app.request('/job_status/1')
    const text = await scrape()
    expect(text).toContain('aibomgen_upload_bytes_total{field="link_file"} 24\n')
    expect(text.match(/aibomgen_verification_seconds_count/g)).toHaveLength(1)
  })

  it('shares nothing between two of them', async () => {
    const first = create()
    await first.app.request('/verifier/verify_file_hash', { method: 'POST' })
    expect(await first.scrape()).toContain('field="link_file"')
    expect(await create().scrape()).not.toContain('field="link_file"')
  })
})
