/** SPEC section 9, lines 6 to 13 and 15, through HTTP: what is submitted, what becomes of it, and who sees it. @module */

import { readdir } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { deflateRawSync } from 'node:zlib'

import { utf8Decode, utf8Encode } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runIssuer } from '../../src/jobs/issuer.ts'
import { runWorker } from '../../src/jobs/worker.ts'
import { createApi, expectProblem, fileForm, wineForm, type Api, type Json } from '../http/api.ts'
import { download, edited, nameOf, verify } from './forged-release.ts'

const METADATA = {
  model_name: 'Wine',
  model_version: '1.2',
  model_description: 'tells "cultivars" apart; Käse',
  author: 'Ada',
  model_type: 'classification',
  base_model: 'a base',
  base_model_source: 'https://example.org/base',
  intended_use: 'tests',
  out_of_scope: 'tasting',
  misuse_or_malicious: 'none known',
}

let api: Api
let stop: AbortController
let working: Promise<unknown>
/** A job with a 0 wherever there can be one, and every word of metadata. */
let done: string
beforeAll(async () => {
  api = await createApi()
  const { database, platform } = api
  stop = new AbortController()
  working = Promise.all([
    runWorker(platform.workerDeps(database), await platform.workerOptions(), stop.signal),
    runIssuer(platform.issuerDeps(database), { includeInputs: true }, stop.signal),
  ])
  const parameters = { validation_split: '0', initial_epoch: '0', batch_size: '7', epochs: '2' }
  done = await api.submitWine('alice', { ...METADATA, ...parameters, license_name: 'Apache-2.0' })
  await untilResult(done)
})
afterAll(async () => {
  stop.abort()
  await working
  await api[Symbol.asyncDispose]()
})

async function askJson(path: string, user = 'alice'): Promise<Json> {
  return (await api.ask(path, { user })).json()
}

async function untilResult(job: string, user = 'alice'): Promise<Json> {
  let answer = await askJson(`/job_status/${job}`, user)
  while (answer.result === undefined) {
    await setTimeout(50)
    answer = await askJson(`/job_status/${job}`, user)
  }
  return answer
}

async function readDocument(name: string): Promise<Json> {
  return JSON.parse(utf8Decode(await download(api, done, name)))
}

async function submit(changes: Readonly<Record<string, string | Blob>>): Promise<Response> {
  return api.ask('/submit_job_by_model_and_data', { user: 'alice', method: 'POST', body: await wineForm(changes) })
}

describe('SPEC 9.6: names of files that are uploaded', () => {
  it.each(['../../../etc/cron.d/evil.keras', '/root/evil.keras', String.raw`..\..\evil.keras`, 'inputs/evil.keras'])(
    'are no paths: %s',
    async (name) => {
      const before = await readdir(api.directory)
      const model = (await wineForm()).get('model') as File
      const id = await api.submitWine('alice', { model: new File([model], name) })
      const { job } = await askJson(`/job_status/${id}`)
      expect(job.files.model.name).toBe('evil.keras')
      const found = await readdir(api.directory, { recursive: true })
      expect(found.filter((path) => path.includes('evil'))).toEqual([])
      expect(await readdir(api.directory)).toEqual(expect.arrayContaining(before))
      await api.ask(`/jobs/${id}/cancel`, { user: 'alice', method: 'POST' })
      await untilResult(id)
    },
  )

  it('do not mix up verifications that go on at the same time', async () => {
    const honest = await download(api, done, await nameOf(api, done, 'run_training.'))
    const forged = edited(honest, 'inputs/dataset', 'inputs/datasex')
    const before = await readdir(api.directory, { recursive: true })
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const bytes = index % 2 === 0 ? honest : forged
        const link_file = new File([Uint8Array.from(bytes)], 'run_training.00000000.link')
        return (await verify(api, '/verify_in-toto_link', { link_file })).status
      }),
    )
    expect(answers).toEqual(answers.map((_, index) => (index % 2 === 0 ? 'success' : 'failure')))
    expect(await readdir(api.directory, { recursive: true }), 'nothing is left of them').toEqual(before)
  })
})

describe('SPEC 9.7: parameters', () => {
  it('are those that were used: 0 is 0, and without a validation split there is no validation', async () => {
    expect(await askJson(`/job_status/${done}`)).toMatchObject({ status: 'completed' })
    expect(Object.keys(await readDocument('outputs/metrics.json'))).toEqual(['accuracy', 'loss'])
    const bom = await readDocument('aibom.json')
    const said = new Map<string, string>(
      bom.metadata.component.modelCard.properties.map(({ name, value }: Json) => [name, value]),
    )
    const of = (name: string): string | undefined => said.get(`aibomgen:parameter:${name}`)
    expect([of('validation_split'), of('initial_epoch'), of('batch_size')]).toEqual(['0', '0', '7'])
    expect([...said.values()]).not.toContain('Unknown')
    expect((await readDocument('inputs/job.json')).parameters).toMatchObject({ batch_size: 7, validation_split: 0 })
  })

  it.each([
    ['batch_size', '0'],
    ['validation_split', '1'],
    ['initial_epoch', '2'],
  ])('are refused by name where they cannot be used: %s = %s', async (name, value) => {
    const { problems } = await expectProblem(await submit({ [name]: value }), 400, 'PARAMETER_INVALID')
    expect(problems).toMatchObject([{ path: name, got: value }])
  })
})

describe('SPEC 9.8: what preprocessing fitted and mapped', () => {
  it('is an artifact that the worker’s link holds', async () => {
    const preprocessing = await readDocument('outputs/preprocessing.json')
    expect(JSON.stringify(preprocessing)).toMatch(/"mean":/)
    const link_file = await download(api, done, await nameOf(api, done, 'run_training.'))
    const uploaded_file = await download(api, done, 'outputs/preprocessing.json')
    expect(await verify(api, '/verify_file_hash', { link_file, uploaded_file })).toMatchObject({
      status: 'success',
      details: { artifacts: ['outputs/preprocessing.json'] },
    })
  })
})

describe('SPEC 9.9: whose hash is whose', () => {
  it('in the AIBoM: the model’s on the model, and data set, definition, metrics and base model with their own', async () => {
    const bom = await readDocument('aibom.json')
    const { job } = await askJson(`/job_status/${done}`)
    const sha256 = (component: Json): string =>
      component.hashes.find(({ alg }: { alg: string }) => alg === 'SHA-256').content
    const model = bom.metadata.component
    const etagOf = async (name: string): Promise<string | undefined> =>
      (await api.ask(`/jobs/${done}/artifacts/${name}`, { user: 'alice', method: 'HEAD' })).headers
        .get('etag')
        ?.slice(1, -1)
    expect(sha256(model)).toBe(await etagOf('trained_model.keras'))
    expect(model.hashes.map(({ alg }: { alg: string }) => alg)).toEqual(['SHA-256', 'SHA-512'])
    expect(model.pedigree.ancestors.map(sha256)).toEqual([job.files.model.sha256])
    const data = bom.components.filter(({ type }: { type: string }) => type === 'data').map(sha256)
    expect(data.toSorted()).toEqual([job.files.dataset.sha256, job.files.definition.sha256].toSorted())
    const metrics = bom.components.find(({ name }: { name: string }) => name === 'outputs/metrics.json')
    expect(sha256(metrics)).toBe(await etagOf('metrics.json'))
  })
})

describe('SPEC 9.10: metadata', () => {
  it('reaches the AIBoM word by word, and a licence as one', async () => {
    const bom = await readDocument('aibom.json')
    for (const text of Object.values(METADATA)) expect(JSON.stringify(bom)).toContain(JSON.stringify(text))
    expect(bom.metadata.component.licenses).toMatchObject([{ license: { id: 'Apache-2.0' } }])
  })
})

describe('SPEC 9.11: a job that fails', () => {
  it('says that it failed, and why, and has no AIBoM', async () => {
    const id = await api.submitWine('alice', { dataset: new File(['alcohol,label\nmuch,1\n'], 'wine.csv') })
    const answer = await untilResult(id)
    expect(answer).toMatchObject({
      status: 'failed',
      job: { failure: { code: 'DATASET_INVALID', message: expect.any(String) } },
    })
    expect(answer.result.training_status).not.toContain('completed')
    expect(answer.result.output_artifacts).not.toContain('aibom.json')
    expect(answer.result.message).not.toContain('success')
  })
})

describe('SPEC 9.12: small files that become large ones', () => {
  it('stop a YAML of aliases at its submission', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const item = level === 0 ? '"lol"' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => item).join(', ')}]`
    })
    const dataset_definition = new File([`${levels.join('\n')}\ntype: csv\n`], 'definition.yaml')
    await expectProblem(await submit({ dataset_definition }), 400, 'DEFINITION_INVALID')
  })

  it('stop a model whose archive grows a thousandfold, whatever sizes it declares', async () => {
    const id = await api.submitWine('alice', { model: new File([Uint8Array.from(zipBomb())], 'model.keras') })
    const answer = await untilResult(id)
    expect(answer).toMatchObject({ status: 'failed' })
    expect(answer.job.failure.code).toMatch(/^(ARCHIVE|LIMIT|MODEL)_/)
    expect((await api.ask('/readyz')).status).toBe(200)
  })
})

describe('SPEC 9.13: other people’s jobs', () => {
  it('are in no list, have no status, and cannot be told from jobs that do not exist', async () => {
    expect((await askJson('/jobs', 'bob')).jobs).toEqual([])
    expect((await askJson('/jobs?all=true', 'bob')).jobs).toEqual([])
    await expectProblem(await api.ask(`/job_status/${done}`, { user: 'bob' }), 404, 'JOB_NOT_FOUND')
    await expectProblem(await api.ask('/jobs'), 401, 'TOKEN_REFUSED')
  })
})

describe('SPEC 9.15: a worker without a GPU', () => {
  it('finishes a job, and says what it ran on', async () => {
    expect((await readDocument('environment.json')).backend).toMatchObject({ value: { name: 'wasm' } })
    const body = fileForm({ bom_file: utf8Encode(utf8Decode(await download(api, done, 'aibom.json'))) })
    const answer = await api.ask('/verify_bom_and_link', { user: 'bob', method: 'POST', body })
    expect(await answer.json()).toMatchObject({ status: 'success' })
  })
})

/** A zip of one deflated entry of 512 MiB of zeros, which says that it holds 100 bytes. */
function zipBomb(): Buffer {
  const name = Buffer.from('config.json')
  const data = deflateRawSync(Buffer.alloc(512 * 1024 * 1024))
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(8, 4)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(100, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, data])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, Buffer.alloc(14), name])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}
