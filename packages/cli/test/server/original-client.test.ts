/** The README of the Python original, line by line, with curl: what a client of it sends, and what it then reads. @module */

import { execFile, spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wine, type Place } from '../run-cli.ts'
import { startServer, stop, type Running } from './running-server.ts'

const noCurl = spawnSync('curl', ['--version']).status === 0 ? '' : ' (skipped: curl is not installed)'

/** JSON as it comes: the assertion is the check. */
type Json = ReturnType<typeof JSON.parse>

/** Every text field of the original's form, as its interactive page sends them: those left out are empty. */
const TEXTS = {
  framework: 'TensorFlow 2.16.1',
  model_name: 'Wine',
  model_version: '1.0',
  model_description: 'Tells "three" cultivars; apart = Käse',
  author: 'Ada',
  model_type: 'Classification',
  base_model: 'none',
  base_model_source: 'https://example.org/base',
  intended_use: 'tests',
  out_of_scope: 'wine tasting',
  misuse_or_malicious: 'none known',
  license_name: 'MIT',
  epochs: '3',
  validation_split: '0.2',
  initial_epoch: '0',
  batch_size: '32',
  steps_per_epoch: '',
  validation_steps: '',
  validation_freq: '1',
} as const

describe.skipIf(noCurl !== '')(`a client of the original, with curl${noCurl}`, () => {
  let place: Place
  let server: Running & { readonly url: string }
  let job: string
  let link: string
  beforeAll(async () => {
    place = await createPlace()
    server = await startServer(place)
  })
  afterAll(async () => {
    if (server.process.exitCode === null) await stop(server)
    await place[Symbol.asyncDispose]()
  })

  /** Runs curl in the place's directory: status, content type, body. */
  async function curl(path: string, ...argv: readonly string[]): Promise<{ status: number; type: string; body: Json }> {
    const url = path.startsWith('http') ? path : server.url + path
    const report = ['--write-out', String.raw`\n%{http_code} %{content_type}`]
    const { stdout } = await promisify(execFile)('curl', ['--silent', '--path-as-is', ...report, ...argv, url], {
      cwd: place.directory,
    })
    const cut = stdout.lastIndexOf('\n')
    const [status = '', type = ''] = stdout.slice(cut + 1).split(' ')
    return { status: Number(status), type, body: JSON.parse(stdout.slice(0, cut)) }
  }
  const form = (fields: Readonly<Record<string, string>>): string[] =>
    Object.entries(fields).flatMap(([name, value]) => [
      value.startsWith('@') ? '--form' : '--form-string',
      `${name}=${value}`,
    ])
  const files = {
    model: `@${join(wine, 'model.keras')}`,
    dataset: `@${join(wine, 'dataset.csv')}`,
    dataset_definition: `@${join(wine, 'definition.yaml')}`,
  }

  it('1: submits a job, and is told its id', async () => {
    const { status, body } = await curl('/developer/submit_job_by_model_and_data', ...form({ ...files, ...TEXTS }))
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body).toMatchObject({ status: 'Training started', job_id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(body.unique_dir).toBe(body.job_id)
    job = body.job_id
  })

  it('2: asks for its status until there is a result', async () => {
    let answer = await curl(`/developer/job_status/${job}`)
    while (answer.body.result === undefined) {
      expect(['pending', 'running']).toContain(answer.body.status)
      await setTimeout(100)
      answer = await curl(`/developer/job_status/${job}`)
    }
    const { job_id, status, result } = answer.body
    expect({ job_id, status, result }).toEqual({
      job_id: job,
      status: 'completed',
      result: {
        training_status: 'training job completed',
        unique_dir: job,
        job_id: job,
        message: 'Training completed successfully and AIBoM generated.',
        output_artifacts: expect.arrayContaining([
          'trained_model.keras',
          'metrics.json',
          'logs.txt',
          'aibom.json',
          'aibom.sig',
        ]),
      },
    })
  })

  it('3: lists its artifacts', async () => {
    const { body } = await curl(`/developer/job_artifacts/${job}`)
    expect(Object.keys(body)).toEqual(['job_id', 'artifacts'])
    expect(body.job_id).toBe(job)
    const names: string[] = body.artifacts
    for (const name of ['trained_model.keras', 'metrics.json', 'logs.txt', 'aibom.json', 'aibom.sig']) {
      expect(names.filter((path) => path.startsWith(job) && path.endsWith(`/${name}`))).toHaveLength(1)
    }
    link = names.find((path) => path.includes('/run_training.'))?.slice(job.length + 1) ?? ''
    expect(link).toMatch(/^run_training\.[0-9a-f]{8}\.link$/)
  })

  it('4: is told where each one is, and gets it there without a word more', async () => {
    for (const name of ['trained_model.keras', 'metrics.json', 'logs.txt', 'aibom.json', 'aibom.sig', link]) {
      const { body } = await curl(`/developer/job_artifacts/${job}/${name}`)
      expect(Object.keys(body)).toEqual(['artifact_name', 'url'])
      expect(body.artifact_name).toBe(name)
      const fetched = spawnSync('curl', ['--silent', '--fail', '--location', '--output', name, body.url], {
        cwd: place.directory,
      })
      expect(fetched.status).toBe(0)
    }
    expect(Object.keys(JSON.parse(await readFile(join(place.directory, 'metrics.json'), 'utf8')))).toContain('val_loss')
    const bom = await readFile(join(place.directory, 'aibom.json'), 'utf8')
    for (const said of Object.values(TEXTS).filter((text) => text !== '' && !text.startsWith('TensorFlow'))) {
      expect(bom).toContain(JSON.stringify(said).slice(1, -1))
    }
  })

  const details = {
    layout_signature: 'Verified',
    layout_expiration: 'Valid',
    link_signatures: 'Verified',
    threshold_verification: 'Met',
    artifact_rules: 'All rules satisfied',
  }
  it.each(['', '/verifier'])('5 to 8: verifies link, file, stored artifacts and BOM, under "%s"', async (prefix) => {
    const linkFile = form({ link_file: `@${link}` })
    expect((await curl(`${prefix}/verify_in-toto_link`, ...linkFile)).body).toMatchObject({
      status: 'success',
      message: 'Verification successful.',
      details,
    })
    const file = await curl(
      `${prefix}/verify_file_hash`,
      ...linkFile,
      ...form({ uploaded_file: '@trained_model.keras' }),
    )
    expect(file.body).toMatchObject({
      status: 'success',
      message: 'Hash matches the recorded metadata.',
      details: { file_name: 'trained_model.keras', hash: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    })
    expect((await curl(`${prefix}/verify_minio_artifacts`, ...linkFile)).body).toMatchObject({
      status: 'success',
      verified_materials: expect.arrayContaining(['inputs/model', 'inputs/dataset', 'inputs/definition']),
      verified_products: expect.arrayContaining(['outputs/trained_model.keras', 'outputs/metrics.json']),
      mismatched_materials: [],
      mismatched_products: [],
    })
    expect((await curl(`${prefix}/verify_bom_and_link`, ...form({ bom_file: '@aibom.json' }))).body).toMatchObject({
      status: 'success',
      message: 'BOM and .link file verification successful.',
      details: { bom_signature: 'Verified', link_file: 'Verified' },
    })
  })

  it('hears of every forgery as a failure, in the same members', async () => {
    const directory = place.directory
    const recorded = await readFile(join(directory, link), 'utf8')
    await writeFile(join(directory, 'forged.link'), recorded.replace('inputs/model', 'inputs/other'))
    await writeFile(join(directory, 'evil.keras'), 'another model')
    const bom = await readFile(join(directory, 'aibom.json'), 'utf8')
    await writeFile(join(directory, 'forged.json'), bom.replace(/("timestamp": ")\d{4}/, '$11999'))
    const answers = [
      await curl('/verify_in-toto_link', ...form({ link_file: '@forged.link' })),
      await curl('/verify_file_hash', ...form({ link_file: '@forged.link', uploaded_file: '@trained_model.keras' })),
      await curl('/verify_file_hash', ...form({ link_file: `@${link}`, uploaded_file: '@evil.keras' })),
      await curl('/verify_minio_artifacts', ...form({ link_file: '@forged.link' })),
      await curl('/verify_bom_and_link', ...form({ bom_file: '@forged.json' })),
    ]
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(answers.map(() => [200, 'failure']))
    expect(Object.keys(answers[0]?.body.details)).toEqual(Object.keys(details))
    expect(answers[3]?.body).toMatchObject({ verified_materials: [], verified_products: [] })
    expect(answers[4]?.body.details.bom_signature).toBe('Failed')
  })

  it.each([
    ['no file', ['/verify_in-toto_link'], {}, 400],
    ['a text for a file', ['/verify_in-toto_link'], { link_file: 'run_training.link' }, 400],
    ['a model for a link', ['/verify_in-toto_link'], { link_file: files.model }, 400],
    ['a field of its own', ['/verify_bom_and_link'], { bom_file: '@aibom.json', trusted_key: 'mine' }, 400],
    ['a job without files', ['/submit_job_by_model_and_data'], { ...TEXTS }, 400],
    ['another framework', ['/submit_job_by_model_and_data'], { ...files, framework: 'PyTorch 2' }, 400],
    ['no epochs at all', ['/submit_job_by_model_and_data'], { ...files, epochs: '0' }, 400],
    ['a job that is not there', ['/job_status/123e4567-e89b-12d3-a456-426614174000'], undefined, 404],
    ['a path out of the job', [`/job_artifacts/..%2f..%2fetc/passwd`], undefined, 404],
  ] as const)('is refused %s, with a problem that has a code', async (_what, [path], fields, expected) => {
    const { status, type, body } = await curl(
      path,
      ...(fields === undefined ? [] : ['--request', 'POST']),
      ...form(fields ?? {}),
    )
    expect({ status, type }).toEqual({ status: expected, type: 'application/problem+json' })
    expect(body).toMatchObject({
      status: expected,
      code: expect.stringMatching(/^[A-Z_]+$/),
      detail: expect.any(String),
    })
  })
})
