/** Workers on two other hosts, with one PostgreSQL and one S3 server between them; one of the hosts is cut off. @module */

import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { noPostgres, startPostgres, type PostgresServer } from '../../../server/test/postgres.ts'
import { startTcpProxy, type TcpProxy } from '../../../server/test/faults/tcp-proxy.ts'
import { SWIFT_CREDENTIALS } from '../../../storage/test/s3/swift-server.ts'
import { openSwiftBucket, withoutSwift, type SwiftBucket } from '../../../storage/test/s3/test-bucket.ts'
import { createPlace, wineFlags, type Place } from '../run-cli.ts'
import { createNetworkHost, whyNoNetworkHosts, type NetworkHost } from './network-host.ts'
import { startRunning, startServer, stop, type Running } from './running-server.ts'

const skip = noPostgres ?? withoutSwift ?? whyNoNetworkHosts()

/** JSON as it comes: the assertion is the check. */
type Json = ReturnType<typeof JSON.parse>

/** On a machine that is busy. */
const SOON = { timeout: 180_000, interval: 200 }

describe.skipIf(skip)(`workers on two hosts${skip === undefined ? '' : ` (skipped: ${skip})`}`, () => {
  let postgres: PostgresServer
  let bucket: SwiftBucket
  let database: string
  let server: Running & { readonly url: string }
  const places: Place[] = []
  const hosts: NetworkHost[] = []
  const proxies: TcpProxy[] = []
  const running: Running[] = []

  beforeAll(async () => {
    ;[postgres, bucket] = await Promise.all([startPostgres(), openSwiftBucket()])
    database = await postgres.createDatabase()
    const here = await createPlace(await environmentFor('127.0.0.1'))
    places.push(here)
    server = await startServer(here)
    running.push(server)
    for (const number of [1, 2]) running.push(await startWorker(number, here))
  }, 600_000)
  afterAll(async () => {
    for (const host of hosts) host.plugIn()
    for (const { process } of running) process.kill('SIGKILL')
    await Promise.all(running.map(({ ended }) => ended))
    for (const host of hosts) host.remove()
    for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    for (const place of places) await place[Symbol.asyncDispose]()
    await bucket?.[Symbol.asyncDispose]()
    await postgres?.[Symbol.asyncDispose]()
  })

  /** Settings of a host that reaches the two servers at this address. */
  async function environmentFor(address: string): Promise<Record<string, string>> {
    const throughHere = async (url: string): Promise<string> => {
      const there = new URL(url)
      const proxy = await startTcpProxy(Number(there.port), address)
      proxies.push(proxy)
      there.host = `${address}:${proxy.port}`
      return there.href.replace(/\/$/, '')
    }
    return {
      DATABASE_URL: await throughHere(database),
      AIBOMGEN_STORE: 's3://artifacts',
      AIBOMGEN_S3_ENDPOINT: await throughHere(bucket.endpoint),
      AWS_ACCESS_KEY_ID: SWIFT_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: SWIFT_CREDENTIALS.secretAccessKey,
      AIBOMGEN_LOG_LEVEL: 'warn',
    }
  }

  async function startWorker(number: number, from: Place): Promise<Running> {
    const host = createNetworkHost(number)
    hosts.push(host)
    const place = await createPlace(await environmentFor(host.gateway), host.wrapper)
    places.push(place)
    await cp(join(from.home, 'generations'), join(place.home, 'generations'), { recursive: true })
    for (const other of ['owner', 'intake', 'issuer']) {
      await rm(join(place.home, 'generations/1/keys', `${other}.pem`))
    }
    return startRunning(place, 'worker')
  }

  async function submit(epochs: number): Promise<string> {
    const { stdout, stderr } = (await places[0]?.run(
      ...['submit', '--server', server.url, ...wineFlags, '--epochs', String(epochs)],
    )) ?? { stdout: '', stderr: 'no place' }
    expect(stdout, stderr).not.toBe('')
    return stdout.trim()
  }
  const ask = async (path: string): Promise<Json> => (await fetch(server.url + path)).json()
  const stateOf = async (id: string): Promise<string> => (await ask(`/job_status/${id}`)).state
  async function untilCompleted(id: string): Promise<Json> {
    while (['queued', 'running'].includes(await stateOf(id))) await setTimeout(200)
    const { job } = await ask(`/job_status/${id}`)
    expect(job.state, JSON.stringify(job.failure)).toBe('completed')
    return job
  }

  it('share the jobs, and finish those of a host that is cut off', { timeout: 900_000 }, async () => {
    const ids = await Promise.all([submit(600), submit(600)])
    const busy = async (): Promise<string[]> => {
      const { workers } = await ask('/workers')
      return workers.flatMap(({ job_id: id }: Json) => (id === undefined ? [] : [id]))
    }
    await vi.waitFor(async () => expect((await busy()).toSorted()).toEqual(ids.toSorted()), SOON)

    hosts[0]?.unplug()
    const jobs = [await untilCompleted(ids[0] ?? ''), await untilCompleted(ids[1] ?? '')]
    expect(jobs.map(({ attempt }) => attempt).toSorted(), 'one job had to begin anew').toEqual([1, 2])

    // What the lost host still tries to write when it comes back is refused, and it goes on to work.
    hosts[0]?.plugIn()
    const seenBy = async (): Promise<string[]> =>
      (await ask('/workers')).workers.map(({ last_seen_at: at }: Json) => at)
    const before = (await seenBy()).toSorted()[0] ?? ''
    await vi.waitFor(async () => expect((await seenBy()).every((at) => at > before)).toBe(true), SOON)
    for (const id of [...ids, await submit(2)]) {
      await untilCompleted(id)
      const events = await (await fetch(`${server.url}/jobs/${id}/events`)).text()
      expect(events.match(/"state":"completed"/g)).toHaveLength(1)
      const form = new FormData()
      form.set('bom_file', await (await fetch(`${server.url}/jobs/${id}/artifacts/aibom.json`)).blob(), 'aibom.json')
      const answer = await fetch(`${server.url}/verify_bom_and_link`, { method: 'POST', body: form })
      expect(await answer.json()).toMatchObject({ status: 'success' })
    }
    for (const worker of running.slice(1)) expect(worker.process.exitCode).toBeNull()
    await stop(server)
  })
})
