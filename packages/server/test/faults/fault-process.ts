/**
 * A worker or an issuer as a process of its own, that kills itself with SIGKILL at the moment it is told:
 * `fault-process.ts '{"role":"issuer","directory":…,"url":…,"s3":…,"death":{"point":"put","count":3}}'`.
 *
 * @module
 */

import { S3ArtifactStore } from '@aibomgen/storage/s3'
import type { ArtifactStore } from '@aibomgen/core'

import { createClient } from '../../../storage/test/s3/test-bucket.ts'
import { openDatabase, type Database } from '../../src/jobs/database.ts'
import { runIssuer } from '../../src/jobs/issuer.ts'
import { runWorker } from '../../src/jobs/worker.ts'
import { clock } from '../jobs/databases.ts'
import { createPlatform } from '../jobs/platform.ts'

/**
 * Just before the store is asked (`open`, `put`), before something is signed (`sign`), before the run is put before the
 * issuer (`enqueue`, in the transaction), before evidence is made (`issue`), before or after the end of a transaction.
 */
export type DeathPoint = 'open' | 'put' | 'sign' | 'enqueue' | 'issue' | 'before-commit' | 'after-commit'

/** What the process is, and when it dies. */
export interface FaultSettings {
  readonly role: 'worker' | 'issuer'
  readonly directory: string
  readonly url: string
  readonly s3: { readonly endpoint: string; readonly bucket: string; readonly prefix: string }
  /** At the `count`th time, from 1; never, when left out. */
  readonly death?: { readonly point: DeathPoint; readonly count: number }
}

const settings = JSON.parse(process.argv[2] ?? '') as FaultSettings
const { role, directory, url, s3, death } = settings
const times = new Map<DeathPoint, number>()

function reach(point: DeathPoint): void {
  const count = (times.get(point) ?? 0) + 1
  times.set(point, count)
  if (death?.point === point && death.count === count) process.kill(process.pid, 'SIGKILL')
}

function mortal(store: ArtifactStore): ArtifactStore {
  return {
    open: (...given) => (reach('open'), store.open(...given)),
    put: (...given) => (reach('put'), store.put(...given)),
    has: (...given) => store.has(...given),
    list: () => store.list(),
    delete: (...given) => store.delete(...given),
  }
}

/** Counts as transactions those that publish, or that put a run before the issuer: the others report progress. */
function mortalDatabase(database: Database): Database {
  const send = database.boss.send.bind(database.boss)
  let enqueued = false
  database.boss.send = (async (...given: Parameters<typeof send>) => {
    enqueued = true
    reach('enqueue')
    return send(...given)
  }) as typeof send
  return {
    ...database,
    async transact(work) {
      if (role === 'issuer') reach('before-commit')
      const result = await database.transact(work)
      if (role === 'issuer' || enqueued) reach('after-commit')
      return result
    },
  }
}

const client = createClient(s3.endpoint)
const platform = await createPlatform(directory, () =>
  mortal(new S3ArtifactStore({ client, bucket: s3.bucket, prefix: s3.prefix })),
)
const onError = (error: Error): void => console.error(String(error))
const database = mortalDatabase(await openDatabase({ url }, { clock, onError }))
const never = new AbortController().signal
process.stdout.write('at work\n')
if (role === 'worker') {
  const deps = platform.workerDeps(database, onError)
  const { publicKey } = deps.workerSigner
  const workerSigner = {
    publicKey,
    sign: (message: Uint8Array) => (reach('sign'), deps.workerSigner.sign(message)),
  }
  await runWorker({ ...deps, workerSigner }, await platform.workerOptions(), never)
} else {
  const deps = platform.issuerDeps(database, onError)
  const issuer: typeof deps.issuer = { issue: (run) => (reach('issue'), deps.issuer.issue(run)) }
  await runIssuer({ ...deps, issuer }, { includeInputs: true }, never)
}
