/** SPEC section 9, lines 1 to 5 and 14, through HTTP: evidence that is false, and evidence that grows old. @module */

import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { addDays, collectBytes, createEd25519Signer, sha256Hex, utf8Decode, utf8Encode } from '@aibomgen/core'
import { parseLayout, parseMetablock, serializeLayout, signMetablock } from '@aibomgen/intoto'
import { recordRun, stageInputs, train } from '@aibomgen/pipeline'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createApp } from '../../src/http/create-app.ts'
import { claimJob, recordAttempt } from '../../src/jobs/attempts.ts'
import { runIssuer } from '../../src/jobs/issuer.ts'
import { findJob } from '../../src/jobs/job-records.ts'
import type { JobRelease } from '../../src/jobs/job.ts'
import { jobs } from '../../src/jobs/schema.ts'
import { createApi, fileForm, type Api, type Json } from '../http/api.ts'
import {
  download,
  edited,
  nameOf,
  releaseOf,
  replaceFiles,
  resign,
  signerOf,
  verify,
  type LinkDraft,
} from './forged-release.ts'

const EVIL = { sha256: '6'.repeat(64) }
const lies: [string, string, (link: LinkDraft) => void][] = [
  ['empty materials', 'RULE_VIOLATED', (link) => (link.materials = {})],
  ['only evil.sh as product', 'RULE_VIOLATED', (link) => (link.products = { 'outputs/evil.sh': EVIL })],
  ['the command rm -rf /', 'COMMAND_MISMATCH', (link) => (link.command = ['rm', '-rf', '/'])],
]

let api: Api
let done: string
let link: string
beforeAll(async () => {
  api = await createApi()
  done = await api.submitWine('alice')
  await api.complete(done)
  link = await nameOf(api, done, 'run_training.')
})
afterAll(() => api[Symbol.asyncDispose]())

/** A job that is tampered with: each forgery stands in an otherwise honest release. */
let victim: string
let honest: JobRelease & { readonly jobId: string }
beforeAll(async () => {
  victim = await api.submitWine('alice', { epochs: '3' })
  await api.complete(victim)
  honest = { ...(await releaseOf(api, victim)), jobId: victim }
})

describe('SPEC 9.1: a link that is signed by the right key and says what did not happen', () => {
  it('gets no AIBoM', async () => {
    const id = await api.submitWine('alice')
    const { database, platform } = api
    const job = await claimJob(database, id, 'a lying worker')
    if (job === undefined) throw new Error('expected a job')
    const deps = platform.workerDeps(database)
    await using workspace = await deps.workspaces.create(id)
    const trained = await train(await stageInputs(job, deps, workspace), deps, {
      ...(await platform.workerOptions()),
      signal: new AbortController().signal,
      onEvent: () => undefined,
      onLog: () => undefined,
    })
    const honest = await recordRun(trained, deps.workerSigner)
    const stop = new AbortController()
    const issuing = runIssuer(platform.issuerDeps(database), { includeInputs: true }, stop.signal)
    for (const [what, code, lie] of lies) {
      // Each lie is told of a job that runs.
      await database.db
        .update(jobs)
        .set({ state: 'running', endedAt: null, failure: null, runLinkName: null, runLink: null })
        .where(eq(jobs.id, id))
      const forged = { ...honest.link, bytes: await resign(honest.link.bytes, deps.workerSigner, lie) }
      await recordAttempt(
        database,
        { jobId: id, attempt: job.attempt },
        { ...honest, link: forged },
        {
          files: [...Object.values(trained.outputs), ...Object.values(trained.byproducts)],
        },
      )
      while ((await findJob(database, id))?.endedAt === undefined) await setTimeout(20)
      const status: Json = await (await api.ask(`/job_status/${id}`, { user: 'alice' })).json()
      expect(status, what).toMatchObject({ status: 'failed', job: { failure: { code } } })
      expect((await api.ask(`/job_artifacts/${id}/aibom.json`, { user: 'alice' })).status).toBe(404)
      expect(await verify(api, '/verify_in-toto_link', { link_file: forged.bytes })).toMatchObject({
        status: 'failure',
      })
    }
    stop.abort()
    await issuing
  })

  it.each(lies)('fails where it was published all the same: %s', async (_what, _code, lie) => {
    const link_file = await resign(await original(link), signerOf(api, 'worker'), lie)
    await replaceFiles(api, honest, { [link]: link_file })
    expect(await verify(api, '/verify_in-toto_link', { link_file })).toMatchObject({
      status: 'failure',
      details: { artifact_rules: 'Failed' },
    })
  })
})

describe('SPEC 9.2: a layout by the key that it authorises', () => {
  it('fails every document of a release that brings one', async () => {
    const job = victim
    const worker = signerOf(api, 'worker')
    const layout = parseLayout(parseMetablock(await original('layout.json')).signed)
    await replaceFiles(api, honest, {
      'layout.json': await signMetablock(parseLayout(serializeLayout(layout)), [worker]),
    })
    const link_file = await download(api, job, link)
    const bom_file = await download(api, job, 'aibom.json')
    expect((await verify(api, '/verify_in-toto_link', { link_file })).details.layout_signature).toBe('Failed')
    expect((await verify(api, '/verify_bom_and_link', { bom_file })).status).toBe('failure')
    expect((await verify(api, '/verify_minio_artifacts', { link_file })).verified_products).toEqual([])
  })

  it('is told apart: four roles, four keys', async () => {
    const { keys }: Json = await (await api.ask('/trust')).json()
    const ids = keys.map(({ keyid }: { keyid: string }) => keyid)
    expect(new Set(ids).size).toBe(4)
  })
})

describe('SPEC 9.3: links nobody signed, and BOMs held against nothing', () => {
  it('believes no link by a stranger, for files and stored artifacts neither', async () => {
    const job = victim
    const stranger = await createEd25519Signer(new Uint8Array(32).fill(7))
    const link_file = await resign(await original(link), stranger)
    await replaceFiles(api, honest, { [link]: link_file })
    const uploaded_file = await download(api, job, 'trained_model.keras')
    const answers = [
      await verify(api, '/verify_in-toto_link', { link_file }),
      await verify(api, '/verify_file_hash', { link_file, uploaded_file }),
      await verify(api, '/verify_minio_artifacts', { link_file }),
    ]
    expect(answers.map(({ status }) => status)).toEqual(['failure', 'failure', 'failure'])
    expect(answers[1].details.artifacts).toEqual([])
    expect(answers[2].verified_products).toEqual([])
  })

  it('holds a BOM against the stored bytes', async () => {
    const job = await api.submitWine('alice', { epochs: '4' })
    await api.complete(job)
    const bom_file = await download(api, job, 'aibom.json')
    expect((await verify(api, '/verify_bom_and_link', { bom_file })).status).toBe('success')
    await overwriteBlob((await releaseOf(api, job)).files.find(({ name }) => name.endsWith('.keras'))?.sha256 ?? '')
    const answer = await verify(api, '/verify_bom_and_link', { bom_file })
    expect(answer).toMatchObject({ status: 'failure', details: { bom_signature: 'Verified' } })
    const digests = answer.checks.find(({ name }: { name: string }) => name === 'artifact-digests')
    expect(digests).toMatchObject({ status: 'fail', code: 'DIGEST_MISMATCH' })
  })
})

describe('SPEC 9.4: what lies outside a BOM’s signature', () => {
  it.each([
    ['another time', /("timestamp": ")\d{4}/, '$11999'],
    ['a model card', '{', '{ "modelCard": {},'],
    ['a formulation', /"formulation": \[/, '"formulation": [{"bom-ref": "more"},'],
    ['an unknown member', '{', '{ "trusted": true,'],
    ['other white space', '{', '{ '],
  ])('is nothing: %s is found', async (_what, from, to) => {
    const bom_file = edited(await download(api, done, 'aibom.json'), from, to)
    expect(await verify(api, '/verify_bom_and_link', { bom_file })).toMatchObject({
      status: 'failure',
      details: { bom_signature: 'Failed' },
    })
  })
})

describe('SPEC 9.5: inputs that change after they were uploaded', () => {
  it('are hashed at upload, in the signed receipt, and again before anything runs', async () => {
    const dataset = `${utf8Decode(utf8Encode(await readWine()))}\n`
    const id = await api.submitWine('alice', { dataset: new File([dataset], 'wine.csv') })
    const { job }: Json = await (await api.ask(`/job_status/${id}`, { user: 'alice' })).json()
    expect(job.files.dataset.sha256).toBe(sha256Hex(utf8Encode(dataset)))
    await overwriteBlob(job.files.dataset.sha256)
    await expect(api.complete(id)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
    expect((await api.ask(`/job_artifacts/${id}/aibom.json`, { user: 'alice' })).status).toBe(404)
  })
})

describe('SPEC 9.14: old releases', () => {
  it('hold ten years later, when their layout is long over', async () => {
    const later = createApp({ ...api.deps, clock: { now: () => addDays(api.clock.now(), 3650) } })
    for (const [path, field, name] of [
      ['/verify_in-toto_link', 'link_file', link],
      ['/verify_bom_and_link', 'bom_file', 'aibom.json'],
    ] as const) {
      const body = fileForm({ [field]: await download(api, done, name) })
      const answer = await later.request(path, { method: 'POST', body, headers: { authorization: 'Bearer bob' } })
      expect(await answer.json()).toMatchObject({ status: 'success' })
    }
  })
})

/** A file of the honest release. */
async function original(name: string): Promise<Uint8Array> {
  const file = honest.files.find((file) => file.name === name)
  return collectBytes(await api.platform.store.open(file?.sha256 ?? sha256Hex(new Uint8Array())), 2 ** 20)
}

async function readWine(): Promise<string> {
  const job = await api.ask(`/jobs/${done}/artifacts/inputs/dataset`, { user: 'alice' })
  return job.text()
}

/** Other bytes in the place of an artifact, as somebody does who writes to the disk. */
async function overwriteBlob(sha256: string): Promise<void> {
  const path = join(api.directory, 'store/blobs', sha256.slice(0, 2), sha256.slice(2))
  await chmod(path, 0o644)
  await writeFile(path, 'other bytes')
}
