/** The platform as processes that share a PostgreSQL and a store: one of them is killed, and no job is lost. @module */

import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { noPostgres, startPostgres, type PostgresServer } from '../../../server/test/postgres.ts'
import { createPlace, wineFlags, type Place } from '../run-cli.ts'
import { startRunning, startServer, stop, type Running } from './running-server.ts'

describe.skipIf(noPostgres !== undefined)(
  `serve, issuer and workers${noPostgres === undefined ? '' : ` (skipped: ${noPostgres})`}`,
  () => {
    let postgres: PostgresServer
    let environment: Record<string, string>
    const places: Place[] = []
    const running: Running[] = []
    beforeAll(async () => {
      postgres = await startPostgres()
      environment = { DATABASE_URL: await postgres.createDatabase(), AIBOMGEN_LOG_LEVEL: 'warn' }
    })
    afterAll(async () => {
      await Promise.all(running.filter(({ process }) => process.exitCode === null && !process.killed).map(stop))
      for (const place of places) await place[Symbol.asyncDispose]()
      await postgres[Symbol.asyncDispose]()
    })

    /** A host of the platform, beside the first one: of the four keys its home holds one. */
    async function createHost(role: 'worker' | 'issuer', from: Place): Promise<Place> {
      const place = await createPlace({ ...environment, AIBOMGEN_STORE: join(from.directory, 'store') })
      places.push(place)
      await cp(join(from.home, 'generations'), join(place.home, 'generations'), { recursive: true })
      for (const other of ['owner', 'intake', 'worker', 'issuer'].filter((name) => name !== role)) {
        await rm(join(place.home, 'generations/1/keys', `${other}.pem`))
      }
      return place
    }

    it('finish a job, once, whose worker was killed while it trained', { timeout: 90_000 }, async () => {
      const place = await createPlace({ ...environment, AIBOMGEN_STORE: 'store' })
      places.push(place)
      const server = await startServer(place, '--no-issuer')
      running.push(server)
      const [worker, issuer] = [await createHost('worker', place), await createHost('issuer', place)]
      const first = await startRunning(worker, 'worker')
      running.push(first, await startRunning(issuer, 'issuer'))

      const submitted = await place.run('submit', '--server', server.url, ...wineFlags, '--epochs', '300')
      const id = submitted.stdout.trim()
      const status = async (): Promise<{ state: string; attempt: number; progress?: { epoch: number } }> =>
        JSON.parse((await place.run('status', id, '--server', server.url, '--json')).stdout)
      while ((await status()).progress === undefined) await setTimeout(50)
      first.process.kill('SIGKILL')
      running.push(await startRunning(worker, 'worker'))

      let job = await status()
      while (job.state === 'running' || job.state === 'queued') {
        await setTimeout(200)
        job = await status()
      }
      expect(job).toMatchObject({ state: 'completed', attempt: 2 })
      const verified = await place.run('verify', id, '--server', server.url, '--evidence-only', '--json')
      expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'evidence-only', subject: { jobId: id } })
      expect(await describeKeys(server.url, id)).toBe('separate')
      const events = await (await fetch(`${server.url}/jobs/${id}/events`)).text()
      expect(events.match(/"state":"completed"/g)).toHaveLength(1)
    })
  },
)

/** Where the keys were while the job trained, as its release says. */
async function describeKeys(url: string, id: string): Promise<unknown> {
  const environment = (await (await fetch(`${url}/jobs/${id}/artifacts/environment.json`)).json()) as object
  return 'keySeparation' in environment && environment.keySeparation
}
