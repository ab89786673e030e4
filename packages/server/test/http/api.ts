/** An API for tests: a real database, a real store, users by name, and jobs that are really trained. @module */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createEd25519Signer, sha256Hex, utf8Encode, VerificationError, type Clock } from '@aibomgen/core'
import { runTrainingJob, type Release } from '@aibomgen/pipeline'

import { expect } from 'vitest'

import type { Principal } from '../../src/auth/principal.ts'
import type { AppDeps, RequestFailure } from '../../src/http/app-deps.ts'
import { createApp } from '../../src/http/create-app.ts'
import type { Router } from '../../src/http/openapi.ts'
import { PROBLEM_TYPE } from '../../src/http/problem.ts'
import { claimJob, publishAttempt } from '../../src/jobs/attempts.ts'
import type { Database } from '../../src/jobs/database.ts'
import type { Job } from '../../src/jobs/job.ts'
import { clock } from '../jobs/databases.ts'
import { createPlatform, type Platform } from '../jobs/platform.ts'
import { newDirectory, openTestDatabase } from '../test-database.ts'

const WINE = fileURLToPath(new URL('../../../../vectors/releases/wine/inputs/', import.meta.url))

/** JSON as it comes: the assertion is the check. */
export type Json = ReturnType<typeof JSON.parse>

/** The API, and what is behind it. */
export interface Api extends AsyncDisposable {
  readonly app: Router
  readonly deps: AppDeps
  readonly database: Database
  readonly platform: Platform
  /** Where the platform keeps its store. */
  readonly directory: string
  readonly clock: Clock
  /** What was answered with a status from 500 on. */
  readonly failures: RequestFailure[]
  /** Asks as somebody; as nobody when `user` is left out. */
  ask(path: string, options?: AskOptions): Promise<Response>
  /** Submits the wine example through the API, and gives the job's id. */
  submitWine(user: string, changes?: Readonly<Record<string, string | Blob>>): Promise<string>
  /** Trains a submitted job, issues and publishes it, as workers and issuer do. */
  complete(jobId: string): Promise<Job>
}

/** How something is asked. */
export interface AskOptions extends RequestInit {
  readonly user?: string
}

/** An API over a fresh embedded database. `olga` is an operator; any other name is a user. */
export async function createApi(changes: Partial<AppDeps> = {}): Promise<Api> {
  const home = await newDirectory()
  const database = await openTestDatabase({ directory: home.directory }, clock)
  const directory = join(home.directory, 'platform')
  const platform = await createPlatform(directory)
  const { layout } = platform.workerDeps(database)
  const failures: RequestFailure[] = []
  let seed = 0
  const deps: AppDeps = {
    database,
    store: platform.store,
    clock,
    intakeSigner: await createEd25519Signer(Uint8Array.from(Buffer.from(sha256Hex(utf8Encode('intake')), 'hex'))),
    inputLimits: { model: 2 ** 22, dataset: 2 ** 22 },
    newId: () => crypto.randomUUID(),
    newSeed: () => ++seed,
    newSecret: () => crypto.getRandomValues(new Uint8Array(32)),
    links: { key: new Uint8Array(32).fill(7), lifetimeSeconds: 900, clock },
    readTrust: async () => ({ trustRoot: platform.trustRoot, layout }),
    authenticate: async (request) => principalOf(request),
    openVerification: false,
    middleware: [],
    before: {},
    stopping: new AbortController().signal,
    heartbeatSeconds: 1,
    checkReadiness: async () => ({ ready: true, checks: [{ name: 'database', ok: true }] }),
    version: '0.0.0',
    onFailure: (failure) => failures.push(failure),
    ...changes,
  }
  const app = createApp(deps)
  const ask: Api['ask'] = async (path, { user, ...init } = {}) => {
    const headers = new Headers(init.headers)
    if (user !== undefined) headers.set('authorization', `Bearer ${user}`)
    if (!(init.body instanceof FormData)) return app.request(path, { ...init, headers })
    // As bytes: fetch's own encoder does not bear to be refused half-way.
    const encoded = new Response(init.body)
    headers.set('content-type', encoded.headers.get('content-type') ?? '')
    return app.request(path, { ...init, headers, body: await encoded.arrayBuffer() })
  }
  return {
    app,
    deps,
    database,
    platform,
    directory,
    clock,
    failures,
    ask,
    async submitWine(user, changes = {}) {
      const answer = await ask('/submit_job_by_model_and_data', { user, method: 'POST', body: await wineForm(changes) })
      if (answer.status !== 200) throw new Error(`expected a job, got ${answer.status}: ${await answer.text()}`)
      const { job_id }: Json = JSON.parse(await answer.text())
      return job_id
    },
    async complete(jobId) {
      const job = await claimJob(database, jobId, 'a worker')
      if (job === undefined) throw new Error(`job ${jobId} cannot be claimed`)
      const worker = platform.workerDeps(database)
      const { issuer } = platform.issuerDeps(database)
      const options = {
        ...(await platform.workerOptions()),
        signal: new AbortController().signal,
        onEvent: () => undefined,
        onLog: () => undefined,
        includeInputs: true,
      }
      const release: Release = await runTrainingJob(job, { ...worker, issuer }, options)
      await publishAttempt(database, { jobId, attempt: job.attempt }, release)
      return { ...job, state: 'completed', release }
    },
    async [Symbol.asyncDispose]() {
      await database.close()
      await home[Symbol.asyncDispose]()
    },
  }
}

/** The original's form, with the wine example in it. A change to `null` is left out. */
export async function wineForm(changes: Readonly<Record<string, string | Blob | null>> = {}): Promise<FormData> {
  const form = new FormData()
  const fields: Record<string, string | Blob | null> = {
    framework: 'TensorFlow 2.16.1',
    model_name: 'Wine',
    model_version: '',
    epochs: '2',
    batch_size: '16',
    steps_per_epoch: '',
    model: await wineFile('model', 'model.keras'),
    dataset: await wineFile('dataset', 'wine.csv'),
    dataset_definition: await wineFile('definition', 'wine.yaml'),
    ...changes,
  }
  for (const [name, value] of Object.entries(fields)) if (value !== null) form.append(name, value)
  return form
}

/** A file of the wine example as a form sends it. */
export async function wineFile(role: 'model' | 'dataset' | 'definition', name: string): Promise<File> {
  return new File([Uint8Array.from(await readFile(join(WINE, role)))], name)
}

/** A form of files alone. */
export function fileForm(files: Readonly<Record<string, Uint8Array | File>>): FormData {
  const form = new FormData()
  for (const [name, file] of Object.entries(files)) {
    form.append(name, file instanceof File ? file : new File([Uint8Array.from(file)], name))
  }
  return form
}

/** What a test's user holds for a token is its name. */
function principalOf(request: Request): Principal | undefined {
  const user = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  if (user === undefined) return undefined
  if (user === 'mallory') throw new VerificationError('TOKEN_REFUSED', 'not believed', { reason: 'signature' })
  return { id: user, roles: user === 'olga' ? ['operator'] : ['user'], kind: 'token' }
}

/** The problem details of an answer that must be a problem. */
export async function expectProblem(answer: Response, status: number, code: string): Promise<Json> {
  const body: Json = await answer.json()
  expect({ status: answer.status, code: body.code }).toEqual({ status, code })
  expect(answer.headers.get('content-type')).toBe(PROBLEM_TYPE)
  expect(body).toMatchObject({ type: 'about:blank', status, title: expect.any(String), request_id: expect.any(String) })
  return body
}
