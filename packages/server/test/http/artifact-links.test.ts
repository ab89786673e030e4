/** URLs that need no bearer token: for one artifact of one job, for a while, made by nobody else. */

import { toTimestamp, type Clock } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { AuditEvent } from '../../src/audit/audit-entry.ts'
import { audited } from '../../src/audit/audited.ts'
import { assertLink, signLink, type ArtifactLinks } from '../../src/http/artifact-links.ts'
import { createApi, expectProblem, type Api, type Json } from './api.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
let now = START
const clock: Clock = { now: () => toTimestamp(new Date(now)) }
const links: ArtifactLinks = { key: new Uint8Array(32).fill(3), lifetimeSeconds: 60, clock }

describe('a link', () => {
  it('counts for its artifact, to its last second, and for nothing else', () => {
    const artifact = fc.record({ jobId: fc.string(), name: fc.string() })
    fc.assert(
      fc.property(artifact, artifact, fc.nat(59), (own, other, seconds) => {
        now = START
        const query = signLink(own, links)
        now += seconds * 1000
        assertLink(own, query, links)
        if (own.jobId === other.jobId && own.name === other.name) return
        expect(() => assertLink(other, query, links)).toThrow(expect.objectContaining({ code: 'LINK_REFUSED' }))
      }),
    )
  })

  it.each([
    ['another key', { key: new Uint8Array(32).fill(4) }, {}],
    ['a later end', {}, { expires: String(START / 1000 + 61) }],
    ['no end', {}, { expires: '' }],
    ['an end that is no number', {}, { expires: 'never' }],
    ['no signature', {}, { signature: '' }],
    ['another signature', {}, { signature: 'A'.repeat(43) }],
    ['a signature that is no text', {}, { signature: '\ud800'.repeat(43) }],
  ])('is refused with %s', (_what, other, change) => {
    now = START
    const artifact = { jobId: 'job', name: 'outputs/metrics.json' }
    const query = { ...signLink(artifact, links), ...change }
    const refused = expect.objectContaining({ code: 'LINK_REFUSED', detail: { reason: 'signature' } })
    expect(() => assertLink(artifact, query, { ...links, ...other })).toThrow(refused)
  })

  it('is refused once it has run out', () => {
    now = START
    const artifact = { jobId: 'job', name: 'outputs/metrics.json' }
    const query = signLink(artifact, links)
    now += 60_000
    const refused = expect.objectContaining({ code: 'LINK_REFUSED', detail: { reason: 'expired' } })
    expect(() => assertLink(artifact, query, links)).toThrow(refused)
  })
})

describe('GET /job_artifacts/{job_id}/{artifact_name}', () => {
  let api: Api
  let jobId: string
  const events: AuditEvent[] = []
  beforeAll(async () => {
    const log = { record: async (event: AuditEvent) => void events.push(event) }
    const before = { download: [audited(log, 'artifact.download', ({ req }) => req.path)] }
    api = await createApi({ links, before, publicUrl: 'https://platform.example' })
    jobId = await api.submitWine('alice')
    await api.complete(jobId)
  })
  afterAll(() => api[Symbol.asyncDispose]())

  async function linkTo(name: string): Promise<URL> {
    now = START
    const { url }: Json = await (await api.ask(`/job_artifacts/${jobId}/${name}`, { user: 'alice' })).json()
    return new URL(url)
  }

  it('gives a URL that anybody may use, whole or in part, by GET or HEAD', async () => {
    const { origin, pathname, search } = await linkTo('metrics.json')
    expect(origin).toBe('https://platform.example')
    const whole = await api.ask(pathname + search)
    expect(whole.status).toBe(200)
    const text = await whole.text()
    expect(JSON.parse(text).loss).toHaveLength(2)
    const part = await api.ask(pathname + search, { headers: { range: 'bytes=0-4' } })
    expect([part.status, await part.text()]).toEqual([206, text.slice(0, 5)])
    const head = await api.ask(pathname + search, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(text.length)])
    expect(events.at(-1)).toMatchObject({ principal: { id: 'holder of a link' }, subject: pathname, outcome: 'done' })
    expect(JSON.stringify(events)).not.toContain('signature=')
  })

  it('gives nothing by that URL of another artifact, of another job, later, or changed', async () => {
    const { pathname, search } = await linkTo('metrics.json')
    const other = await api.submitWine('alice')
    const tries = [
      pathname.replace('metrics.json', 'trained_model.keras') + search,
      pathname.replace(jobId, other) + search,
      pathname + search.replace(/expires=(\d)/, 'expires=9$1'),
      `${pathname}?signature=`,
      `/jobs/${jobId}/release${search}`,
    ]
    for (const path of tries) {
      const answer = await api.ask(path)
      expect([401, 403], path).toContain(answer.status)
      await answer.body?.cancel()
    }
    now = START + 60_000
    await expectProblem(await api.ask(pathname + search), 403, 'LINK_REFUSED')
    expect(events.at(-1)).toMatchObject({ outcome: 'refused' })
  })

  it('gives somebody else no URL, and the URL without its query gives nothing', async () => {
    await expectProblem(await api.ask(`/job_artifacts/${jobId}/metrics.json`, { user: 'bob' }), 404, 'JOB_NOT_FOUND')
    const { pathname } = await linkTo('metrics.json')
    await expectProblem(await api.ask(pathname), 401, 'TOKEN_REFUSED')
  })
})
