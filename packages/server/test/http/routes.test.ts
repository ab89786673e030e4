/** Every operation but the verifications, as users call it. @module */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createBundleReader, parseEvidenceBundle, verifyRelease } from '@aibomgen/verify'

import { createApp } from '../../src/http/create-app.ts'
import { jobEvents } from '../../src/jobs/schema.ts'
import { createApi, expectProblem, wineForm, type Api, type Json } from './api.ts'

const EXAMPLE_FIELDS = 'features: { x: { shape: [1], dtype: float32 } }\nlabel: { name: y, dtype: int64 }'

let api: Api
let done: string

beforeAll(async () => {
  api = await createApi()
  done = await api.submitWine('alice')
  await api.complete(done)
})
afterAll(() => api[Symbol.asyncDispose]())

async function askJson(path: string, user: string, init: RequestInit = {}): Promise<Json> {
  const answer = await api.ask(path, { ...init, user })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.json()
}

describe('submitting', () => {
  it.each(['', '/developer'])('answers the original’s form as the original does, under "%s"', async (prefix) => {
    const body = await wineForm({ seed: '11', shuffle: 'false' })
    const answer = await askJson(`${prefix}/submit_job_by_model_and_data`, 'alice', { method: 'POST', body })
    expect(answer).toEqual({
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'Training started',
      unique_dir: answer.job_id,
      receipt: { name: expect.stringMatching(/^submit_inputs\.[0-9a-f]{8}\.link$/), link: expect.any(String) },
    })
    expect(JSON.parse(answer.receipt.link).signed.name).toBe('submit_inputs')
    const { job } = await askJson(`/job_status/${answer.job_id}`, 'alice')
    expect(job.parameters).toMatchObject({ epochs: 2, batch_size: 16, seed: 11, shuffle: false, validation_split: 0.2 })
    expect(job.parameters).not.toHaveProperty('steps_per_epoch')
    expect(job.metadata).toEqual({ framework: 'TensorFlow.js', model_name: 'Wine' })
    expect(job.files.dataset).toMatchObject({ name: 'wine.csv', size_bytes: expect.any(Number) })
  })

  it.each([
    ['a number out of range', { epochs: '0' }, 'PARAMETER_INVALID', 'epochs'],
    ['a text for a number', { batch_size: 'many' }, 'PARAMETER_INVALID', 'batch_size'],
    ['a number that is infinite', { epochs: '1e999' }, 'PARAMETER_INVALID', 'epochs'],
    ['a priority that is no number', { priority: 'high' }, 'PARAMETER_INVALID', 'priority'],
    ['a priority out of range', { priority: '101' }, 'PARAMETER_INVALID', 'priority'],
    ['a field that there is not', { learning_rate: '1' }, 'DOCUMENT_INVALID', 'learning_rate'],
    ['a text for a file', { model: 'model.keras' }, 'DOCUMENT_INVALID', 'model'],
    ['a file for a text', { epochs: new Blob(['2']) }, 'DOCUMENT_INVALID', 'epochs'],
    ['a form without a data set', { dataset: null }, 'DOCUMENT_INVALID', 'dataset'],
  ])('refuses %s, naming the field', async (_what, changes, code, field) => {
    const body = await wineForm(changes)
    const answer = await api.ask('/submit_job_by_model_and_data', { user: 'alice', method: 'POST', body })
    const { problems } = await expectProblem(answer, 400, code)
    expect(problems).toEqual([expect.objectContaining({ path: field })])
  })

  it('refuses a pickled model, a data set of another format, and one that is too large', async () => {
    const submit = async (changes: Readonly<Record<string, Blob>>) =>
      api.ask('/submit_job_by_model_and_data', { user: 'alice', method: 'POST', body: await wineForm(changes) })
    await expectProblem(await submit({ model: new File(['\x89HDF'], 'model.h5') }), 400, 'FORMAT_UNSUPPORTED')
    await expectProblem(await submit({ dataset: new File(['PK\x03\x04'], 'wine.csv') }), 400, 'FORMAT_UNSUPPORTED')
    const large = new File([new Uint8Array(2 ** 22 + 1)], 'wine.csv')
    await expectProblem(await submit({ dataset: large }), 413, 'ARTIFACT_TOO_LARGE')
  })

  it.each([
    ['Parquet', 'parquet', Uint8Array.from(Buffer.from('PAR1\x15\x04'))],
    ['TFRecord in GZIP', 'tfrecord', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)],
  ])('takes %s by how it begins, whatever it is called', async (_format, type, head) => {
    const fields = type === 'parquet' ? 'columns: { x: float, y: int }\nlabel: y' : EXAMPLE_FIELDS
    const definition = `type: ${type}\n${fields}\ninput_shape: [1]\noutput_shape: [1]\n`
    const body = await wineForm({
      dataset: new File([head], 'data.csv'),
      dataset_definition: new File([definition], 'definition.yaml'),
    })
    const answer = await api.ask('/submit_job_by_model_and_data', { user: 'alice', method: 'POST', body })
    expect(answer.status).toBe(200)
  })

  it('takes a file name for data, and never for a path', async () => {
    const model = (await wineForm()).get('model') as File
    const job = await api.submitWine('alice', { model: new File([model], '../../etc/passwd.keras') })
    const answer = await askJson(`/job_status/${job}`, 'alice')
    expect(answer.job.files.model.name).toBe('passwd.keras')
  })

  it('refuses more jobs than a user may have at once', async () => {
    await using limited = await createApi({ jobQuota: 1 })
    await limited.submitWine('bob')
    const body = await wineForm()
    const again = await limited.ask('/submit_job_by_model_and_data', { user: 'bob', method: 'POST', body })
    await expectProblem(again, 429, 'QUOTA_EXCEEDED')
  })
})

describe('a completed job', () => {
  it('says so in the original’s words', async () => {
    const answer = await askJson(`/job_status/${done}`, 'alice')
    expect(answer).toMatchObject({
      job_id: done,
      status: 'completed',
      state: 'completed',
      result: {
        training_status: 'training job completed',
        unique_dir: done,
        job_id: done,
        message: 'Training completed successfully and AIBoM generated.',
      },
    })
    const names = ['trained_model.keras', 'metrics.json', 'logs.txt', 'aibom.json', 'aibom.sig']
    expect(answer.result.output_artifacts).toEqual(expect.arrayContaining(names))
    expect(await askJson(`/developer/job_status/${done}`, 'alice')).toEqual(answer)
  })

  it('lists its artifacts, and says where one can be had', async () => {
    const { artifacts } = await askJson(`/job_artifacts/${done}`, 'alice')
    expect(artifacts).toContain(`${done}/outputs/trained_model.keras`)
    const { artifact_name, url } = await askJson(`/job_artifacts/${done}/trained_model.keras`, 'alice')
    expect(artifact_name).toBe('trained_model.keras')
    const answer = await api.ask(new URL(url).pathname, { user: 'alice' })
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="trained_model.keras"')
    expect((await answer.arrayBuffer()).byteLength).toBe(Number(answer.headers.get('content-length')))
  })

  it('gives a presigned URL where the store makes such', async () => {
    const presign = async (_file: unknown, name: string) => `https://store/${name}?signed`
    const presigning = createApp({ ...api.deps, presign })
    const answer = await presigning.request(`/job_artifacts/${done}/outputs/metrics.json`, {
      headers: { authorization: 'Bearer alice' },
    })
    expect(await answer.json()).toEqual({ artifact_name: 'metrics.json', url: 'https://store/metrics.json?signed' })
  })

  it('gives parts, and nothing to who has it already', async () => {
    const path = `/jobs/${done}/artifacts/outputs/metrics.json`
    const whole = await (await api.ask(path, { user: 'alice' })).text()
    const part = await api.ask(path, { user: 'alice', headers: { range: 'bytes=2-5' } })
    expect([part.status, await part.text()]).toEqual([206, whole.slice(2, 6)])
    expect(part.headers.get('content-range')).toBe(`bytes 2-5/${whole.length}`)
    const etag = part.headers.get('etag') ?? ''
    expect((await api.ask(path, { user: 'alice', headers: { 'if-none-match': etag } })).status).toBe(304)
    const beyond = await api.ask(path, { user: 'alice', headers: { range: 'bytes=99999999-' } })
    expect(beyond.headers.get('content-range')).toBe(`bytes */${whole.length}`)
    await expectProblem(beyond, 416, 'RANGE_INVALID')
    const head = await api.ask(path, { user: 'alice', method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)])
  })

  it('gives its evidence as a bundle that verifies', async () => {
    const answer = await api.ask(`/jobs/${done}/release`, { user: 'alice' })
    const bundle = parseEvidenceBundle(new Uint8Array(await answer.arrayBuffer()))
    const deps = { trustRoot: api.platform.trustRoot, clock: api.clock }
    expect((await verifyRelease(createBundleReader(bundle), deps)).verdict).toBe('evidence-only')
  })

  it('is found by its trained model by anybody, and by its data set by its owner alone', async () => {
    const { job } = await askJson(`/job_status/${done}`, 'alice')
    const model = (await api.ask(`/jobs/${done}/artifacts/trained_model.keras`, { user: 'alice', method: 'HEAD' }))
      .headers
    const bySha256 = async (sha256: string, user: string) => (await askJson(`/aiboms?sha256=${sha256}`, user)).aiboms
    const trained = model.get('etag')?.slice(1, -1) ?? ''
    expect(await bySha256(trained, 'bob')).toMatchObject([{ job_id: done, artifacts: ['outputs/trained_model.keras'] }])
    expect(await bySha256(job.files.dataset.sha256, 'alice')).toMatchObject([
      { job_id: done, artifacts: ['inputs/dataset'] },
    ])
    expect(await bySha256(job.files.dataset.sha256, 'bob')).toEqual([])
  })
})

describe('a job of somebody else', () => {
  it.each([
    ['GET', (id: string) => `/job_status/${id}`],
    ['GET', (id: string) => `/job_artifacts/${id}`],
    ['GET', (id: string) => `/job_artifacts/${id}/metrics.json`],
    ['GET', (id: string) => `/developer/job_artifacts/${id}/metrics.json`],
    ['GET', (id: string) => `/jobs/${id}/artifacts/metrics.json`],
    ['GET', (id: string) => `/jobs/${id}/release`],
    ['GET', (id: string) => `/jobs/${id}/events`],
    ['GET', (id: string) => `/jobs/${id}/log`],
    ['GET', (id: string) => `/jobs?before=${id}`],
    ['POST', (id: string) => `/jobs/${id}/cancel`],
    ['DELETE', (id: string) => `/jobs/${id}`],
  ])('is no job: %s %s', async (method, path) => {
    const problem = await expectProblem(await api.ask(path(done), { user: 'bob', method }), 404, 'JOB_NOT_FOUND')
    const nobodys = crypto.randomUUID()
    const other: Json = await (await api.ask(path(nobodys), { user: 'bob', method })).json()
    expect(problem.detail.replace(done, '')).toBe(other.detail.replace(nobodys, ''))
  })

  it('is an operator’s to see', async () => {
    expect(await askJson(`/job_status/${done}`, 'olga')).toMatchObject({ job: { owner: 'alice' } })
  })
})

describe('listing', () => {
  it('gives own jobs page by page, and everybody’s to operators alone', async () => {
    const mine = [await api.submitWine('carol'), await api.submitWine('carol'), await api.submitWine('carol')]
    const first = await askJson('/jobs?limit=2', 'carol')
    const second = await askJson(`/jobs?limit=2&before=${first.next}`, 'carol')
    const listed = [...first.jobs, ...second.jobs].map(({ job_id }: { job_id: string }) => job_id)
    expect(listed.toSorted()).toEqual(mine.toSorted())
    expect(second).not.toHaveProperty('next')
    expect((await askJson('/jobs?all=true', 'carol')).jobs).toHaveLength(3)
    expect((await askJson('/jobs?all=true&limit=200', 'olga')).jobs.length).toBeGreaterThan(3)
    expect((await askJson('/jobs?state=failed', 'carol')).jobs).toEqual([])
  })

  it.each(['limit=0', 'limit=1000', 'limit=x', 'state=lost', 'all=maybe'])('refuses %s', async (query) => {
    await expectProblem(await api.ask(`/jobs?${query}`, { user: 'alice' }), 400, 'DOCUMENT_INVALID')
  })
})

describe('ending a job', () => {
  it('cancels one that waits, tells its readers, and then lets its files go', async () => {
    const job = await api.submitWine('dora')
    await expectProblem(await api.ask(`/jobs/${job}`, { user: 'dora', method: 'DELETE' }), 409, 'JOB_STATE')
    await expectProblem(await api.ask(`/jobs/${job}/release`, { user: 'dora' }), 409, 'JOB_STATE')
    expect(await askJson(`/jobs/${job}/cancel`, 'dora', { method: 'POST' })).toMatchObject({ state: 'cancelled' })
    expect(await askJson(`/job_status/${job}`, 'dora')).toMatchObject({
      status: 'cancelled',
      result: { training_status: 'training job cancelled', output_artifacts: [] },
    })
    expect(await askJson(`/jobs/${job}`, 'dora', { method: 'DELETE' })).toHaveProperty('files_deleted_at')
  })

  it('lets model and data go, and keeps the evidence', async () => {
    const job = await api.submitWine('erna')
    await api.complete(job)
    await askJson(`/jobs/${job}`, 'erna', { method: 'DELETE' })
    const { artifacts } = await askJson(`/job_artifacts/${job}`, 'erna')
    expect(artifacts).not.toContain(`${job}/outputs/trained_model.keras`)
    expect(artifacts).toContain(`${job}/aibom.json`)
    const gone = await api.ask(`/jobs/${job}/artifacts/trained_model.keras`, { user: 'erna' })
    await expectProblem(gone, 404, 'RELEASE_FILE_MISSING')
    expect((await api.ask(`/jobs/${job}/release`, { user: 'erna' })).status).toBe(200)
  })
})

describe('events', () => {
  it('spell what is left of a run as the job does', async () => {
    const job = await api.submitWine('snake')
    const data = { epoch: 1, epochs: 2, metrics: { val_loss: 0.5 }, secondsLeft: 3 }
    await api.database.db.insert(jobEvents).values({ jobId: job, attempt: 1, at: api.clock.now(), type: 'epoch', data })
    await api.ask(`/jobs/${job}/cancel`, { user: 'snake', method: 'POST' })
    const text = await (await api.ask(`/jobs/${job}/events`, { user: 'snake' })).text()
    const [, told = ''] = /^event: epoch\ndata: (.*)$/m.exec(text) ?? []
    const { secondsLeft, ...same } = data
    expect(JSON.parse(told)).toMatchObject({ ...same, job_id: job, attempt: 1, seconds_left: secondsLeft })
    expect(told).not.toContain('secondsLeft')
  })

  it('come from the first on, resume after the last that was seen, and end with the job', async () => {
    const read = (headers: Record<string, string> = {}) => api.ask(`/jobs/${done}/events`, { user: 'alice', headers })
    const all = await (await read()).text()
    const ids = [...all.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
    expect(ids.length).toBeGreaterThan(1)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    expect(all).toContain('event: state')
    const [first, ...later] = ids
    const rest = await (await read({ 'last-event-id': String(first) })).text()
    expect([...rest.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(later)
    expect((await read({ 'last-event-id': String(ids.at(-1)) })).status).toBe(204)
    await expectProblem(await read({ 'last-event-id': 'x' }), 400, 'DOCUMENT_INVALID')
  })

  it('come while the job waits, with heartbeats between, and stop when nobody listens', async () => {
    const job = await api.submitWine('fred')
    const answer = await api.ask(`/jobs/${job}/events`, { user: 'fred' })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes(': alive')) text += (await reader?.read())?.value ?? ''
    expect(text).toContain('"state":"queued"')
    await api.ask(`/jobs/${job}/cancel`, { user: 'fred', method: 'POST' })
    while (!text.includes('cancelled')) text += (await reader?.read())?.value ?? ''
    expect((await reader?.read())?.done).toBe(true)
  })

  it('give the log apart', async () => {
    const answer = await api.ask(`/jobs/${done}/log`, { user: 'alice' })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=UTF-8'])
  })
})
