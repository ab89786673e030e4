/** Two servers on one database: what is to be done once in a while is done by one of them. */

import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { noPostgres, startPostgres, type PostgresServer } from '../../../server/test/postgres.ts'
import { createPlace, type Place } from '../run-cli.ts'
import { startServer, stop, type Running } from './running-server.ts'

const INTERVAL_SECONDS = 3
const INTERVALS = 4

describe.skipIf(noPostgres !== undefined)(
  `two servers${noPostgres === undefined ? '' : ` (skipped: ${noPostgres})`}`,
  () => {
    let postgres: PostgresServer
    const places: Place[] = []
    const servers: Running[] = []
    /** Which server kept house, each time. */
    const kept: number[] = []

    beforeAll(async () => {
      postgres = await startPostgres()
      const environment = {
        DATABASE_URL: await postgres.createDatabase(),
        AIBOMGEN_GC_INTERVAL_SECONDS: String(INTERVAL_SECONDS),
        AIBOMGEN_LOG_LEVEL: 'info',
      }
      const first = await createPlace({ ...environment, AIBOMGEN_STORE: 'store' })
      const second = await createPlace({ ...environment, AIBOMGEN_STORE: join(first.directory, 'store') })
      places.push(first, second)
      await startCounting(first)
      await cp(join(first.home, 'generations'), join(second.home, 'generations'), { recursive: true })
      await startCounting(second)
    })
    afterAll(async () => {
      await Promise.all(servers.filter(({ process }) => process.exitCode === null && !process.killed).map(stop))
      for (const place of places) await place[Symbol.asyncDispose]()
      await postgres[Symbol.asyncDispose]()
    })

    async function startCounting(place: Place): Promise<void> {
      const server = await startServer(place, '--no-issuer')
      const number = servers.push(server) - 1
      if (server.process.stderr === null) throw new TypeError('stderr is a pipe')
      createInterface(server.process.stderr).on('line', (line) => {
        if (line.includes('"message":"kept house"')) kept.push(number)
      })
    }

    it('keep house once in an interval, together', async () => {
      const before = kept.length
      await setTimeout(INTERVALS * INTERVAL_SECONDS * 1000)
      const times = kept.length - before
      expect(times).toBeGreaterThanOrEqual(1)
      // Each on its own would have kept it twice as often.
      expect(times).toBeLessThanOrEqual(INTERVALS + 1)
    })

    it('go on without the one that kept it last', async () => {
      const last = kept.at(-1) ?? 0
      servers[last]?.process.kill('SIGKILL')
      await servers[last]?.ended
      const before = kept.length
      while (kept.length === before) await setTimeout(100)
      expect(kept.at(-1)).toBe(1 - last)
    })
  },
)
