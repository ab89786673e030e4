/** Servers that take a connection and never answer: the program says in time that they are away. */

import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { utf8Encode } from '@aibomgen/core'
import { createLogger } from '@aibomgen/server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { startTcpProxy } from '../../../server/test/faults/tcp-proxy.ts'
import { noPostgres, startPostgres } from '../../../server/test/postgres.ts'
import { startFaultyProxy } from '../../../storage/test/s3/faulty-proxy.ts'
import { SWIFT_CREDENTIALS } from '../../../storage/test/s3/swift-server.ts'
import { openSwiftBucket, skipped, withoutSwift } from '../../../storage/test/s3/test-bucket.ts'
import { systemClock } from '../../src/compose.ts'
import { openPlatformDatabase, openStore } from '../../src/platform/open-platform.ts'
import type { PlatformSettings } from '../../src/platform/settings.ts'
import { readSettings } from './composed.ts'

const PATIENCE = { connectSeconds: 0.3, silenceSeconds: 0.3 }
/** Three tries and the pauses between them, on a machine that is busy. */
const IN_TIME = { timeout: 20_000 }
const logger = createLogger({ level: 'silent', clock: systemClock, service: 'test' }, process.stderr)

let directory: string
let silent: Server
const connections: Socket[] = []
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'silent-'))
  silent = createServer((socket) => void connections.push(socket.on('error', () => socket.destroy()).resume()))
  await once(silent.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  for (const socket of connections) socket.destroy()
  silent.close()
  await rm(directory, { recursive: true, force: true })
})

const settingsFor = (environment: Readonly<Record<string, string>>): Promise<PlatformSettings> =>
  readSettings(directory, environment)
const silentPort = (): number => (silent.address() as AddressInfo).port

describe('a server that never answers', () => {
  it('is a database that cannot be used', IN_TIME, async () => {
    const settings = await settingsFor({ DATABASE_URL: `postgres://somebody@127.0.0.1:${silentPort()}/platform` })
    const opening = openPlatformDatabase(settings, logger, PATIENCE)
    await expect(opening).rejects.toMatchObject({ name: 'ArtifactError', code: 'DATABASE_UNAVAILABLE' })
    expect(connections.length).toBeGreaterThan(0)
  })

  it('is a store that cannot be used', IN_TIME, async () => {
    const settings = await settingsFor(storeAt(`http://127.0.0.1:${silentPort()}`))
    const before = connections.length
    const opening = openStore(settings, PATIENCE)
    await expect(opening).rejects.toMatchObject({
      ...{ name: 'ArtifactError', code: 'STORE_UNAVAILABLE' },
      detail: { reason: 'TimeoutError' },
    })
    expect(connections.length - before, 'tries').toBe(3)
  })

  it.skipIf(withoutSwift)(`is a store that cannot be used any more${skipped(withoutSwift)}`, IN_TIME, async () => {
    await using swift = await openSwiftBucket()
    await using proxy = await startFaultyProxy(swift.endpoint)
    const { store } = await openStore(await settingsFor(storeAt(proxy.endpoint)), PATIENCE)
    const put = () => store.put(new Blob([utf8Encode('hello')]).stream(), { maxBytes: 5 })
    proxy.setFaults(() => 'silent')
    await expect(put()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', detail: { reason: 'TimeoutError' } })
    // One that is silent once is asked again, and nobody notices.
    proxy.setFaults((number) => (number === 1 ? 'silent' : undefined))
    const { sha256 } = await put()
    expect(await store.has(sha256)).toBe(true)
  })
})

it.skipIf(noPostgres)(
  `a database that is frozen cannot be used, until it goes on${skipped(noPostgres)}`,
  { timeout: 120_000 },
  async () => {
    await using postgres = await startPostgres()
    const url = new URL(await postgres.createDatabase())
    await using proxy = await startTcpProxy(Number(url.port))
    url.port = String(proxy.port)
    const settings = await settingsFor({ DATABASE_URL: url.href })
    const database = await openPlatformDatabase(settings, logger, { connectSeconds: 3, silenceSeconds: 3 })
    const count = () => database.transact((transaction) => transaction.execute('SELECT 1'))
    try {
      await count()
      proxy.stall()
      const started = performance.now()
      await expect(count()).rejects.toMatchObject({ name: 'ArtifactError', code: 'DATABASE_UNAVAILABLE' })
      expect(performance.now() - started).toBeLessThan(20_000)
      proxy.heal()
      await vi.waitFor(count, IN_TIME)
    } finally {
      await database.close()
    }
  },
)

/** The kernel's table of connections: `tr` 02 is a timer, here the one of keep-alive, and when it goes off in 1/100 s. */
const TABLE = '/proc/net/tcp'
const withoutTable = process.platform === 'linux' ? noPostgres : 'no /proc/net/tcp'

it.skipIf(withoutTable)(
  `every connection to PostgreSQL asks a silent server whether it is there, within a minute${skipped(withoutTable)}`,
  { timeout: 120_000 },
  async () => {
    await using postgres = await startPostgres()
    const url = await postgres.createDatabase()
    const database = await openPlatformDatabase(await settingsFor({ DATABASE_URL: url }), logger)
    try {
      await database.transact(async (transaction) => {
        await transaction.execute('SELECT 1')
        const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0')
        const rows = (await readFile(TABLE, 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
        const timers = rows.flatMap(([, , remote = '', state, , timer = '']) =>
          remote === `0100007F:${port}` && state === '01' ? [timer.split(':')] : [],
        )
        // The pool's and the queue's, the one that listens among them.
        expect(timers.length).toBeGreaterThan(2)
        for (const [kind, ticks = ''] of timers) {
          expect(kind).toBe('02')
          expect(Number.parseInt(ticks, 16)).toBeLessThan(6000)
        }
      })
    } finally {
      await database.close()
    }
  },
)

function storeAt(endpoint: string): Record<string, string> {
  return {
    AIBOMGEN_STORE: 's3://artifacts',
    AIBOMGEN_S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: SWIFT_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: SWIFT_CREDENTIALS.secretAccessKey,
  }
}
