/** A process of the platform's, for tests that kill it: submits a job, or works, with what its arguments say. @module */

import { openDatabase, type DatabaseConfig } from '../../src/jobs/database.ts'
import { runIssuer } from '../../src/jobs/issuer.ts'
import { submitRecord } from '../../src/jobs/job-records.ts'
import { runWorker } from '../../src/jobs/worker.ts'
import { clock } from './databases.ts'
import { createPlatform } from './platform.ts'

const [role, directory = '', config = '{}'] = process.argv.slice(2)
const platform = await createPlatform(directory)
const onError = (error: Error): void => console.error(error)
const database = await openDatabase(JSON.parse(config) as DatabaseConfig, { clock, onError })
const never = new AbortController().signal

if (role === 'submit') {
  const { id } = await submitRecord(database, { job: await platform.submitWine(), owner: 'ada', priority: 0 })
  process.stdout.write(`${id}\n`)
} else {
  await Promise.all([
    runWorker(platform.workerDeps(database, onError), await platform.workerOptions(), never),
    runIssuer(platform.issuerDeps(database, onError), { includeInputs: true }, never),
  ])
}
