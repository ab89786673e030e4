/** Who is answered, and what is said when something is wrong. @module */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createApp } from '../../src/http/create-app.ts'
import { buryJob } from '../../src/jobs/attempts.ts'
import { registerWorker } from '../../src/jobs/workers.ts'
import { createApi, expectProblem, wineForm, type Api, type Json } from './api.ts'

let api: Api

beforeAll(async () => {
  api = await createApi()
})
afterAll(() => api[Symbol.asyncDispose]())

async function jobOf(id: string, user: string): Promise<Json> {
  const { job }: Json = await (await api.ask(`/job_status/${id}`, { user })).json()
  return job
}

describe('who may ask', () => {
  it.each(['/job_status/x', '/jobs', '/workers', '/aiboms?sha256=x', '/nothing', '/developer/job_status/x'])(
    'asks strangers for a token at %s',
    async (path) => {
      const answer = await api.ask(path)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
      await expectProblem(answer, 401, 'TOKEN_REFUSED')
    },
  )

  it('does not believe a bad token, and says so', async () => {
    const answer = await api.ask('/jobs', { user: 'mallory' })
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token')
    await expectProblem(answer, 401, 'TOKEN_REFUSED')
  })

  it('tells workers to operators alone', async () => {
    await expectProblem(await api.ask('/workers', { user: 'alice' }), 403, 'ACCESS_DENIED')
    expect(await (await api.ask('/workers', { user: 'olga' })).json()).toEqual({ workers: [] })
    const { identity } = await api.platform.workerOptions()
    await registerWorker(api.database, identity)
    const { workers }: Json = await (await api.ask('/workers', { user: 'olga' })).json()
    const { id, keyid, backends, cpu, version } = identity
    const time = expect.stringMatching(/^\d{4}-.*Z$/)
    expect(workers).toEqual([
      { id, keyid, backends, cpu, version, started_at: time, last_seen_at: time, isolation: expect.anything() },
    ])
    const { resources, ...isolation } = workers[0].isolation
    expect(isolation).toEqual({ name: 'process', keys: 'reachable' })
    expect(resources.file_system).toEqual(identity.isolation.resources.fileSystem)
    expect(Object.keys(resources)).toHaveLength(Object.keys(identity.isolation.resources).length)
  })

  it('lets users put their jobs back, and operators put any before', async () => {
    const priorityOf = async (user: string, priority: string): Promise<unknown> => {
      const id = await api.submitWine(user, { priority })
      return (await jobOf(id, user)).priority
    }
    expect(await priorityOf('alice', '-5')).toBe(-5)
    expect(await priorityOf('alice', '')).toBe(0)
    expect(await priorityOf('olga', '100')).toBe(100)
    const body = await wineForm({ priority: '1' })
    const answer = await api.ask('/submit_job_by_model_and_data', { user: 'alice', method: 'POST', body })
    await expectProblem(answer, 403, 'ACCESS_DENIED')
  })

  it('tries a dead letter again, when an operator asks, and no other job', async () => {
    const revive = (user: string, id: string): Promise<Response> =>
      api.ask(`/jobs/${id}/revive`, { user, method: 'POST' })
    const id = await api.submitWine('alice')
    await expectProblem(await revive('olga', id), 409, 'JOB_STATE')
    await buryJob(api.database, id)
    expect((await jobOf(id, 'alice')).failure.code).toBe('RETRIES_EXHAUSTED')
    await expectProblem(await revive('alice', id), 403, 'ACCESS_DENIED')
    const revived: Json = await (await revive('olga', id)).json()
    expect(revived).toMatchObject({ job_id: id, state: 'queued' })
    await expectProblem(await revive('olga', 'no-such-job'), 404, 'JOB_NOT_FOUND')
  })

  it('answers what there is nothing for with a problem', async () => {
    await expectProblem(await api.ask('/nothing', { user: 'alice' }), 404, 'NOT_FOUND')
  })

  it.each([
    '/healthz',
    '/readyz',
    '/trust',
    '/verifier/trust',
    '/openapi.json',
    '/docs',
    '/docs/swagger-ui.css',
    '/docs/start.js',
  ])('answers anybody at %s', async (path) => {
    expect((await api.ask(path)).status).toBe(200)
  })

  it('tells keys and files of its trust as they are', async () => {
    const trust: Json = await (await api.ask('/trust')).json()
    expect(trust.keys.map(({ role }: { role: string }) => role)).toEqual(['owner', 'intake', 'worker', 'issuer'])
    expect(JSON.parse(trust.layout).signed._type).toBe('layout')
    expect(JSON.parse(trust.trust_root).payloadType).toBe('application/vnd.aibomgen.trust-root+json')
  })
})

describe('what is the server’s own problem', () => {
  it('is told to the operator, and to the client as a code alone', async () => {
    const broken: Api['deps'] = { ...api.deps, readTrust: () => Promise.reject(new Error('secret: /etc/keys')) }
    const answer = await createApp(broken).request('/trust')
    const body = await expectProblem(answer, 500, 'INTERNAL')
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(api.failures.splice(0)).toMatchObject([{ requestId: body.request_id, method: 'GET', path: '/trust' }])
  })

  it('is said to pass where the database cannot be reached, whoever asked it', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' })
    const away = new Error('Failed query: select * from jobs', { cause })
    const answer = await createApp({ ...api.deps, readTrust: () => Promise.reject(away) }).request('/trust')
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(JSON.stringify(await expectProblem(answer, 503, 'DATABASE_UNAVAILABLE'))).not.toContain('10.0.0.1')
    expect(api.failures.splice(0)).toHaveLength(1)
  })
})
