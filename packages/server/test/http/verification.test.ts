/** The four verifications: what holds, and every way in which something does not. @module */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { utf8Decode, utf8Encode } from '@aibomgen/core'

import { createApp } from '../../src/http/create-app.ts'
import { createMetrics } from '../../src/operation/metrics.ts'
import { logToMemory } from '../operation/lines.ts'
import { createApi, fileForm, type Api, type Json } from './api.ts'

let api: Api
let done: string
let names: readonly string[]

beforeAll(async () => {
  api = await createApi()
  done = await api.submitWine('alice')
  const { release } = await api.complete(done)
  names = release?.files.map(({ name }) => name) ?? []
})
afterAll(() => api[Symbol.asyncDispose]())

async function fileOf(name: string, job: string = done, user = 'alice'): Promise<Uint8Array> {
  const full = name.startsWith('/') ? names.find((known) => known.startsWith(name.slice(1))) : name
  const answer = await api.ask(`/jobs/${job}/artifacts/${full}`, { user })
  expect(answer.status).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}

async function verify(path: string, files: Readonly<Record<string, Uint8Array | File>>, user = 'bob'): Promise<Json> {
  const answer = await api.ask(path, { user, method: 'POST', body: fileForm(files) })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.json()
}

function change(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = utf8Decode(bytes)
  expect(text).toContain(from)
  return utf8Encode(text.replace(from, to))
}

describe('POST /verify_in-toto_link', () => {
  it.each(['submit_inputs', 'run_training', 'generate_aibom'])('completes the chain of a %s link', async (step) => {
    const answer = await verify('/verify_in-toto_link', { link_file: await fileOf(`/${step}`) })
    expect(answer).toMatchObject({
      status: 'success',
      message: 'Verification successful.',
      details: {
        layout_signature: 'Verified',
        layout_expiration: 'Valid',
        link_signatures: 'Verified',
        threshold_verification: 'Met',
        artifact_rules: 'All rules satisfied',
      },
    })
    expect(answer.checks).toHaveLength(11)
  })

  it('answers many who ask at once as it answers one, and a forgery among them as a forgery', async () => {
    const link_file = await fileOf('/run_training')
    const forged = change(link_file, '"outputs"', '"elsewhere"')
    const asked = [...Array.from({ length: 12 }, () => link_file), forged]
    const answers = await Promise.all(asked.map(async (file) => verify('/verify_in-toto_link', { link_file: file })))
    expect(answers.map(({ status }) => status as string)).toEqual([...Array<string>(12).fill('success'), 'failure'])
    for (const answer of answers.slice(0, 12)) expect(answer.checks).toHaveLength(11)
  })

  it('fails a link with a byte changed: no release holds it', async () => {
    const link_file = change(await fileOf('/run_training'), '"outputs"', '"elsewhere"')
    const answer = await verify('/verify_in-toto_link', { link_file })
    expect(answer).toMatchObject({ status: 'failure', checks: [], details: { link_signatures: 'Not verified' } })
  })

  it('fails every link of a release whose layout the platform does not trust', async () => {
    const { trustRoot } = await api.deps.readTrust()
    const readTrust: Api['deps']['readTrust'] = async () => ({
      layout: new Uint8Array(),
      trustRoot: { ...trustRoot, root: { ...trustRoot.root, owner: { keys: [], threshold: 1 } } },
    })
    const distrusting = createApp({ ...api.deps, readTrust })
    const body = fileForm({ link_file: await fileOf('/run_training') })
    const headers = { authorization: 'Bearer bob' }
    const answer = await distrusting.request('/verifier/verify_in-toto_link', { method: 'POST', body, headers })
    expect(await answer.json()).toMatchObject({ status: 'failure', details: { layout_signature: 'Failed' } })
  })

  it.each([
    ['nothing', ''],
    ['no JSON', 'link'],
    ['no link', '{"signed":{},"signatures":[]}'],
    ['JSON with a key twice', '{"signed":{},"signed":{},"signatures":[]}'],
  ])('refuses %s with 400', async (_what, text) => {
    const body = fileForm({ link_file: utf8Encode(text) })
    const answer = await api.ask('/verify_in-toto_link', { user: 'bob', method: 'POST', body })
    expect(answer.status).toBe(400)
  })
})

describe('POST /verify_file_hash', () => {
  it('finds the artifact that a file is, whatever it is called', async () => {
    const files = {
      link_file: await fileOf('/run_training'),
      uploaded_file: new File([Uint8Array.from(await fileOf('outputs/metrics.json'))], 'm.txt'),
    }
    const answer = await verify('/verify_file_hash', files)
    expect(answer).toMatchObject({
      status: 'success',
      message: 'Hash matches the recorded metadata.',
      details: { file_name: 'm.txt', hash: { sha256: expect.any(String) }, artifacts: ['outputs/metrics.json'] },
    })
  })

  it('finds logs and environment too, and takes the fields in any order', async () => {
    const files = { uploaded_file: await fileOf('logs.txt'), link_file: await fileOf('/run_training') }
    expect((await verify('/verify_file_hash', files)).details.artifacts).toEqual(['logs.txt'])
  })

  it('fails a file that the link does not record', async () => {
    const files = { link_file: await fileOf('/run_training'), uploaded_file: utf8Encode('another model') }
    expect(await verify('/verify_file_hash', files)).toMatchObject({ status: 'failure', details: { artifacts: [] } })
  })

  it('fails a file that a forged link records', async () => {
    const metrics = await fileOf('outputs/metrics.json')
    const evil = utf8Encode('evil')
    const sha256 = async (bytes: Uint8Array) =>
      Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes))).toString('hex')
    const link_file = change(await fileOf('/run_training'), await sha256(metrics), await sha256(evil))
    const answer = await verify('/verify_file_hash', { link_file, uploaded_file: evil })
    expect(answer).toMatchObject({ status: 'failure', details: { artifacts: [] }, checks: [] })
  })
})

describe('POST /verify_minio_artifacts', () => {
  it('reads every artifact of a link out of the store again', async () => {
    const answer = await verify('/verify_minio_artifacts', { link_file: await fileOf('/run_training') })
    expect(answer).toMatchObject({ status: 'success', mismatched_materials: [], mismatched_products: [] })
    expect(answer.verified_materials).toHaveLength(4)
    expect(answer.verified_products).toContain('outputs/trained_model.keras')
  })

  it('follows the issuer’s link to the other links', async () => {
    const answer = await verify('/verify_minio_artifacts', { link_file: await fileOf('/generate_aibom') })
    expect(answer.verified_materials).toEqual(expect.arrayContaining(['links/submit_inputs', 'links/run_training']))
  })

  it('says what the store no longer has', async () => {
    const job = await api.submitWine('gone', { epochs: '3' })
    const { release } = await api.complete(job)
    const model = release?.files.find(({ name }) => name === 'outputs/trained_model.keras')
    const link = release?.files.find(({ name }) => name.startsWith('run_training'))
    if (model === undefined || link === undefined) throw new Error('expected a model and a link')
    const link_file = await fileOf(link.name, job, 'gone')
    await api.deps.store.delete(model.sha256)
    const answer = await verify('/verify_minio_artifacts', { link_file })
    expect(answer).toMatchObject({ status: 'failure', mismatched_products: [model.name], mismatched_materials: [] })
  })

  it('believes no name of a link that does not hold', async () => {
    const link_file = change(await fileOf('/run_training'), 'outputs/metrics.json', 'outputs/metrics.jsom')
    const answer = await verify('/verify_minio_artifacts', { link_file })
    expect(answer).toMatchObject({ status: 'failure', verified_products: [], verified_materials: [], checks: [] })
  })
})

describe('POST /verify_bom_and_link', () => {
  it('holds an AIBoM against its release and the stored bytes', async () => {
    const answer = await verify('/verify_bom_and_link', { bom_file: await fileOf('aibom.json') })
    expect(answer).toMatchObject({
      status: 'success',
      message: 'BOM and .link file verification successful.',
      details: { bom_signature: 'Verified', link_file: 'Verified' },
    })
    expect(new Set(answer.checks.map(({ status }: { status: string }) => status))).toEqual(new Set(['pass']))
  })

  it.each([
    ['its time moved', (text: string) => text.replace(/("timestamp": ")\d{4}/, '$11999')],
    [
      'another model named',
      (text: string) => text.replace(/"content": "[0-9a-f]{64}"/, `"content": "${'0'.repeat(64)}"`),
    ],
    ['a property added', (text: string) => text.replace('{', '{ "annotations": [],')],
    ['one space more', (text: string) => text.replace('{', '{ ')],
  ])('fails an AIBoM with %s', async (_what, edit) => {
    const bom_file = utf8Encode(edit(utf8Decode(await fileOf('aibom.json'))))
    expect(await verify('/verify_bom_and_link', { bom_file })).toMatchObject({
      status: 'failure',
      details: { bom_signature: 'Failed' },
    })
  })

  it('fails a BOM of nobody’s', async () => {
    const bom_file = utf8Encode('{"bomFormat":"CycloneDX","specVersion":"1.6"}')
    expect(await verify('/verify_bom_and_link', { bom_file })).toMatchObject({ status: 'failure', checks: [] })
  })
})

describe('metrics', () => {
  it('tell what verifications found, and how many bytes came in for them', async () => {
    const metrics = createMetrics({
      readState: () => Promise.reject(new Error('not asked for here')),
      clock: api.clock,
      elapsedSeconds: () => performance.now() / 1000,
      timeoutSeconds: 1,
      logger: logToMemory().logger,
    })
    const counted = createApp({ ...api.deps, middleware: [metrics.middleware], metrics: metrics.handler })
    const link_file = await fileOf('/run_training')
    const post = async (path: string, files: Readonly<Record<string, Uint8Array>>): Promise<number> => {
      const init = { method: 'POST', body: fileForm(files), headers: { authorization: 'Bearer bob' } }
      return (await counted.request(path, init)).status
    }
    expect(await post('/verify_in-toto_link', { link_file })).toBe(200)
    const uploaded_file = utf8Encode('of no release')
    expect(await post('/verifier/verify_file_hash', { link_file, uploaded_file })).toBe(200)
    expect(await post('/verify_minio_artifacts', { link_file })).toBe(200)
    expect(await post('/verify_bom_and_link', { bom_file: utf8Encode('no BOM') })).toBe(400)
    const text = await (await counted.request('/metrics')).text()
    const counts = text.matchAll(/^aibomgen_verification_seconds_count\{kind="(.*)",outcome="(.*)"\} 1$/gm)
    expect([...counts].map(([, kind, outcome]) => `${kind}: ${outcome}`)).toEqual([
      'verify_in-toto_link: success',
      'verify_file_hash: failure',
      'verify_minio_artifacts: success',
      'verify_bom_and_link: refused',
    ])
    expect(text).toContain(`aibomgen_upload_bytes_total{field="link_file"} ${3 * link_file.length}\n`)
    expect(text).toContain('aibomgen_upload_bytes_total{field="uploaded_file"} 13\n')
  })
})

describe('who may verify', () => {
  it('is a user, unless the operator opens it to everybody', async () => {
    const path = '/verify_in-toto_link'
    const body = (): FormData => fileForm({ link_file: utf8Encode('{}') })
    expect((await api.ask(path, { method: 'POST', body: body() })).status).toBe(401)
    const open = createApp({ ...api.deps, openVerification: true })
    expect((await open.request(path, { method: 'POST', body: body() })).status).toBe(400)
    expect((await open.request('/jobs')).status).toBe(401)
  })

  it('passes what stands before verifications, and nothing else does', async () => {
    const seen: string[] = []
    const counted = createApp({
      ...api.deps,
      before: { verify: [async (context, next) => (seen.push(context.get('principal').id), next())] },
    })
    const headers = { authorization: 'Bearer bob' }
    const body = fileForm({ link_file: utf8Encode('{}') })
    await counted.request('/verifier/verify_in-toto_link', { method: 'POST', body, headers })
    await counted.request('/jobs', { headers })
    expect(seen).toEqual(['bob'])
  })
})
