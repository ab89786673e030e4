/** The audit record of a server that was really used: what was read, fetched and verified is in it, and it holds. */

import { openAsBlob } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { wineFlags, type Place } from '../run-cli.ts'
import { startSignedInServer, type SignedInServer } from './signed-in.ts'

type Json = ReturnType<typeof JSON.parse>

let server: SignedInServer
let job: string
/** Calls in the order in which they were made: who, what, about what, and how it ended. */
const expected: [principal: string, action: string, subject: string | undefined, outcome: string][] = []
let lines: readonly string[] = []
let head: string

beforeAll(async () => {
  server = await startSignedInServer()
  const tokens = {
    alice: await server.accessToken('alice'),
    bob: await server.accessToken('bob'),
    olga: await server.accessToken('olga', { roles: ['operator'] }),
  }
  const alice = await server.placeWith(tokens.alice)
  const submitted = await alice.run('submit', ...wineFlags, '--json')
  expect(submitted.exitCode, submitted.stderr).toBe(0)
  job = JSON.parse(submitted.stdout).job_id
  await call('alice', `/jobs/${job}/events`)
  await useServer(alice)

  /** One call, and its answer, read to the end. */
  async function call(user: keyof typeof tokens, path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${tokens[user]}` } })
    const body = await response.arrayBuffer()
    return new Response(body.byteLength === 0 ? null : body, { status: response.status })
  }

  async function useServer(place: Place): Promise<void> {
    const reads: [user: keyof typeof tokens, path: string, action: string, outcome?: string][] = [
      ['alice', `/job_status/${job}`, 'job.read'],
      ['alice', `/jobs/${job}/log`, 'job.read'],
      ['alice', '/jobs', 'jobs.list'],
      ['alice', '/tokens', 'tokens.list'],
      ['alice', '/', 'jobs.list'],
      ['olga', '/workers', 'workers.list'],
      ['olga', `/job_artifacts/${job}`, 'job.read'],
      ['alice', `/job_artifacts/${job}/trained_model.keras`, 'artifact.link'],
      ['alice', `/jobs/${job}/artifacts/aibom.json`, 'artifact.download'],
      ['alice', `/jobs/${job}/release`, 'artifact.download'],
      ['bob', `/job_status/${job}`, 'job.read', 'refused'],
      ['bob', `/jobs/${job}/artifacts/aibom.json`, 'artifact.download', 'refused'],
      ['bob', '/workers', 'workers.list', 'refused'],
    ]
    for (const [user, path, action, outcome = 'done'] of reads) {
      const { status } = await call(user, path)
      expect(status < 400, `${path}: ${status}`).toBe(outcome === 'done')
      expected.push([user, action, /list$/.test(action) ? undefined : path, outcome])
    }
    expect((await place.run('download', job, '--out', 'release')).exitCode).toBe(0)
    const form = new FormData()
    form.set('bom_file', await openAsBlob(join(place.directory, 'release/aibom.json')), 'aibom.json')
    const verified: Json = await (await call('bob', '/verify_bom_and_link', { method: 'POST', body: form })).json()
    expect(verified).toMatchObject({ status: 'success' })
    expected.push(['bob', 'release.verify', undefined, 'done'])
    expect((await call('bob', `/jobs/${job}/cancel`, { method: 'POST' })).status).toBe(404)
    expected.push(['bob', 'job.cancel', job, 'refused'])
    expect((await place.run('cancel', job)).exitCode).toBe(0)
    expected.push(['alice', 'job.cancel', job, 'done'])
    expect((await call('alice', `/jobs/${job}`, { method: 'DELETE' })).status).toBe(200)
    expected.push(['alice', 'job.delete', job, 'done'])
    await server.stop()
    const exported = await server.place.run('audit', 'export', 'audit.jsonl', '--json')
    expect(exported.exitCode, exported.stderr).toBe(0)
    const { head: end } = JSON.parse(exported.stdout)
    head = `${end.sequence}:${end.sha256}`
    lines = (await readFile(join(server.place.directory, 'audit.jsonl'), 'utf8')).trimEnd().split('\n')
  }
}, 300_000)
afterAll(() => server?.[Symbol.asyncDispose]())

describe('the audit record of a server', () => {
  it('tells of every call once: who, what, about what, and how it ended', () => {
    const entries: Json[] = lines.map((line) => JSON.parse(line))
    const told = entries.map(({ principal, action, subject, outcome }) => ({ principal, action, subject, outcome }))
    for (const [user, action, subject, outcome] of expected) {
      expect(told, `${user} ${action}`).toContainEqual({
        ...{ principal: `${server.provider.issuer}#${user}`, action, outcome },
        subject: subject ?? expect.any(String),
      })
    }
    const requests = entries.map(({ requestId }) => requestId)
    expect(new Set(requests).size).toBe(lines.length)
    expect(lines.length).toBeGreaterThan(expected.length)
    expect(lines.join('')).not.toMatch(/eyJ/)
  })

  it('verifies, from its first entry to the end that the export told', async () => {
    const { exitCode, stdout } = await verify(lines)
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).entries).toBe(lines.length)
  })

  it.each<[what: string, fault: string, change: (lines: readonly string[]) => readonly string[]]>([
    [
      'an entry is changed',
      'changed',
      (all) => all.with(3, all[3]?.replace('"outcome":"done"', '"outcome":"refused"') ?? ''),
    ],
    ['an entry is spelled otherwise', 'malformed', (all) => all.with(3, all[3]?.replace('{', '{ ') ?? '')],
    ['an entry is removed', 'missing', (all) => all.toSpliced(3, 1)],
    ['two entries are reordered', 'missing', (all) => all.with(3, all[4] ?? '').with(4, all[3] ?? '')],
    ['an entry is there twice', 'reordered', (all) => all.toSpliced(3, 0, all[3] ?? '')],
    [
      'the last entry is changed',
      'changed',
      (all) => all.with(-1, all.at(-1)?.replace(/"at":"\d+/, '"at":"1999') ?? ''),
    ],
    ['the last entry is removed', 'truncated', (all) => all.slice(0, -1)],
    ['nothing is left', 'truncated', () => []],
  ])('fails where %s', async (_what, fault, change) => {
    const changed = change(lines)
    expect(changed).not.toEqual(lines)
    const { exitCode, stdout } = await verify(changed)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'AUDIT_LOG_BROKEN', detail: { fault } })
  })
})

async function verify(changed: readonly string[]): ReturnType<Place['run']> {
  await writeFile(join(server.place.directory, 'changed.jsonl'), changed.map((line) => `${line}\n`).join(''))
  return server.place.run('audit', 'verify', 'changed.jsonl', '--head', head, '--json')
}
