/** The platform in one process, from an empty home to a release that holds. @module */

import { openAsBlob } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wine, wineFlags, type Place } from '../run-cli.ts'
import { startServer, stop, type Running } from './running-server.ts'

let place: Place
let server: Running & { readonly url: string }
beforeAll(async () => {
  place = await createPlace({ AIBOMGEN_SPEC_VERSION: '1.7', AIBOMGEN_WITHHOLD: 'statistics' })
  server = await startServer(place)
})
afterAll(async () => {
  if (server.process.exitCode === null) await stop(server)
  await place[Symbol.asyncDispose]()
})

/** The id of a job on the wines, completed. */
async function submitAndWait(...flags: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await place.run(
    'submit',
    '--server',
    server.url,
    ...wineFlags,
    '--wait',
    '--json',
    ...flags,
  )
  expect(exitCode, stderr).toBe(0)
  const { job_id: id, state } = JSON.parse(stdout)
  expect(state).toBe('completed')
  return id
}

/** [what is asked for, status] of a server that has nothing to hide from nobody. */
const paths = [
  ['/', 200],
  ['/healthz', 200],
  ['/readyz', 200],
  ['/metrics', 200],
  ['/openapi.json', 200],
  ['/docs', 200],
  ['/trust', 200],
  ['/workers', 200],
  ['/jobs', 200],
  ['/nothing', 404],
] as const

describe('aibomgen serve', () => {
  it.each(paths)('answers GET %s with %i', async (path, status) => {
    expect((await fetch(server.url + path)).status).toBe(status)
  })

  it('trains what is submitted, and what comes out holds by the trust root of whoever asks', async () => {
    const id = await submitAndWait('--receipt', join(place.directory, 'receipt.link'))
    expect(JSON.parse(await readFile(join(place.directory, 'receipt.link'), 'utf8')).signed.name).toBe('submit_inputs')

    expect((await place.run('status', id, '--server', server.url)).stdout).toMatch(/completed\n {2}epoch 2\/2: loss/)
    expect((await place.run('artifacts', id, '--server', server.url)).stdout).toContain('outputs/trained_model.keras\n')

    const far = await place.run('verify', id, '--server', server.url, '--evidence-only', '--json')
    expect(far.exitCode, far.stdout).toBe(0)
    expect(JSON.parse(far.stdout)).toMatchObject({ verdict: 'evidence-only', subject: { jobId: id } })

    await place.run('download', id, '--server', server.url, '--out', 'release')
    expect((await place.run('verify', 'release')).exitCode).toBe(0)
    const aibom = JSON.parse(await readFile(join(place.directory, 'release/aibom.json'), 'utf8'))
    expect(aibom.specVersion).toBe('1.7')
    expect(aibom.metadata.properties).toContainEqual({ name: 'aibomgen:withheld', value: 'statistics' })
    await place.run('download', id, '--server', server.url, '--bundle', 'evidence.aibundle')
    const model = join('release', 'outputs/trained_model.keras')
    expect((await place.run('verify', 'evidence.aibundle', '--file', model)).exitCode).toBe(0)
  })

  it('takes the form that a client of the original posts', async () => {
    const form = new FormData()
    form.set('model', await openAsBlob(join(wine, 'model.keras')), 'model.keras')
    form.set('dataset', await openAsBlob(join(wine, 'dataset.csv')), 'dataset.csv')
    form.set('dataset_definition', await openAsBlob(join(wine, 'definition.yaml')), 'definition.yaml')
    form.set('framework', 'TensorFlow 2.16.1')
    form.set('model_name', 'Wine')
    form.set('epochs', '1')
    const submitted = await fetch(`${server.url}/developer/submit_job_by_model_and_data`, {
      method: 'POST',
      body: form,
    })
    const { job_id: id, status } = (await submitted.json()) as { job_id: string; status: string }
    expect(status).toBe('Training started')
    const ended = await until(async () => {
      const answer = await fetch(`${server.url}/developer/job_status/${id}`)
      const job = (await answer.json()) as { status: string; result?: { training_status: string } }
      return job.result === undefined ? undefined : job
    })
    expect(ended).toMatchObject({ status: 'completed', result: { training_status: 'training job completed' } })
  })

  it('fails a job that fails by itself, and says why', async () => {
    await writeFile(
      join(place.directory, 'bad.csv'),
      (await readFile(join(wine, 'dataset.csv'), 'utf8')).replace('\n12.29,', '\nplenty,'),
    )
    const ended = await place.run(
      'submit',
      '--server',
      server.url,
      ...wineFlags,
      '--dataset',
      'bad.csv',
      '--wait',
      '--json',
    )
    expect(ended.exitCode).toBe(3)
    expect(JSON.parse(ended.stdout)).toMatchObject({ state: 'failed', failure: { code: 'DATASET_INVALID' } })
  })

  it('cancels a job, wherever it is', async () => {
    const { stdout } = await place.run('submit', '--server', server.url, ...wineFlags, '--epochs', '100000')
    const id = stdout.trim()
    expect((await place.run('cancel', id, '--server', server.url)).exitCode).toBe(0)
    const ended = await until(async () => {
      const { state } = JSON.parse((await place.run('status', id, '--server', server.url, '--json')).stdout)
      return state === 'cancelled' ? state : undefined
    })
    expect(ended).toBe('cancelled')
  })

  it('says what it refuses, by the code of the server', async () => {
    const ended = await place.run('submit', '--server', server.url, ...wineFlags, '--epochs', '0', '--json')
    expect(ended.exitCode).toBe(2)
    expect(JSON.parse(ended.stdout).error).toMatchObject({
      code: 'SERVER_REFUSED',
      detail: { status: 400, code: 'PARAMETER_INVALID', problems: [{ path: 'epochs', got: '0' }] },
    })
  })

  it('says that a port is taken', async () => {
    await using other = await createPlace()
    const ended = await other.run('serve', '--port', new URL(server.url).port, '--json')
    expect(ended.exitCode).toBe(78)
    expect(JSON.parse(ended.stdout).error.detail.problems).toMatchObject([{ path: 'port' }])
  })

  it('refuses a second process on the same data directory', async () => {
    const second = await place.run('serve', '--port', '0')
    expect(second.exitCode).toBe(78)
    expect(second.stderr).toMatch(/^error DATABASE_LOCKED: .*process \d+/m)
  })

  it('ends in order on SIGTERM, and leaves an audit log that holds', async () => {
    const { exitCode, stderr } = await stop(server)
    expect(exitCode).toBe(0)
    expect(stderr).toContain('AUTH_ENABLED=false: everybody who reaches')
    const exported = await place.run('audit', 'export', 'audit.jsonl', '--json')
    const { head, entries } = JSON.parse(exported.stdout)
    expect(entries).toBeGreaterThan(3)
    const audit = await readFile(join(place.directory, 'audit.jsonl'), 'utf8')
    expect(audit).toContain('"action":"job.submit"')
    // Each call once: a request has one entry.
    const requests = audit.match(/"requestId":"[^"]+"/g) ?? []
    expect(new Set(requests).size).toBe(entries)
    const verify = ['audit', 'verify', 'audit.jsonl', '--head', `${head.sequence}:${head.sha256}`]
    expect((await place.run(...verify)).exitCode).toBe(0)
    await writeFile(join(place.directory, 'audit.jsonl'), audit.replace('job.submit', 'job.cancel'))
    expect(await place.run(...verify)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('AUDIT_LOG_BROKEN'),
    })
  })
})

/** What `look` finds, asked again until it is there. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await setTimeout(50)
  }
}
