/** Disks that are full under a server: what does not fit is refused and leaves nothing, and all else goes on. @module */

import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wine, type Place } from '../run-cli.ts'
import { startServer, stop, type Running } from './running-server.ts'

/** JSON as it comes: the assertion is the check. */
type Json = ReturnType<typeof JSON.parse>

const MEGABYTE = 1024 * 1024
const skip = whyNoMounts()

describe.skipIf(skip)(`a server whose disks are full${skip === undefined ? '' : ` (skipped: ${skip})`}`, () => {
  let mounted: string
  let place: Place
  let server: Running & { readonly url: string }

  beforeAll(async () => {
    mounted = await mkdtemp(join(tmpdir(), 'small-disks-'))
    for (const [name, megabytes] of [
      ['store', 8],
      ['data', 192],
    ] as const) {
      await mkdir(join(mounted, name))
      mount(join(mounted, name), megabytes)
    }
    place = await createPlace({
      AIBOMGEN_DATA: join(mounted, 'data'),
      AIBOMGEN_STORE: join(mounted, 'store/artifacts'),
      AIBOMGEN_LOG_LEVEL: 'error',
    })
    server = await startServer(place)
  }, 600_000)
  afterAll(async () => {
    if (server?.process.exitCode === null) server.process.kill('SIGKILL')
    await server?.ended
    for (const name of ['store', 'data']) execFileSync('umount', ['--lazy', join(mounted, name)])
    await rm(mounted, { recursive: true, force: true })
    await place?.[Symbol.asyncDispose]()
  })

  async function submit(dataset: Uint8Array<ArrayBuffer> | string): Promise<Response> {
    const form = new FormData()
    form.set('model', new Blob([await readFile(join(wine, 'model.keras'))]), 'model.keras')
    form.set('dataset', new Blob([dataset]), 'dataset.csv')
    form.set('dataset_definition', new Blob([await readFile(join(wine, 'definition.yaml'))]), 'definition.yaml')
    form.set('epochs', '1')
    return fetch(`${server.url}/submit_job_by_model_and_data`, { method: 'POST', body: form })
  }
  async function submitWine(): Promise<string> {
    const answer = await submit(await readFile(join(wine, 'dataset.csv')))
    expect(answer.status).toBe(200)
    return ((await answer.json()) as Json).job_id
  }
  async function statusOf(id: string): Promise<Json> {
    return (await fetch(`${server.url}/job_status/${id}`)).json()
  }
  async function untilCompleted(id: string): Promise<void> {
    let answer = await statusOf(id)
    while (answer.result === undefined) {
      await setTimeout(100)
      answer = await statusOf(id)
    }
    expect(answer, JSON.stringify(answer.job.failure)).toMatchObject({ status: 'completed' })
  }
  /** Fills a disk to its end: gives what makes room again. */
  async function fill(name: string): Promise<() => Promise<void>> {
    const path = join(mounted, name, 'filler')
    await writeFile(path, '')
    for (let bytes = 16 * MEGABYTE; bytes >= 512; bytes /= 2) {
      const block = new Uint8Array(bytes)
      try {
        for (;;) await writeFile(path, block, { flag: 'a' })
      } catch {
        // This much does not fit any more: less may.
      }
    }
    return () => rm(path)
  }

  it(
    'refuses an upload that does not fit, keeps nothing of it, and takes the next one',
    { timeout: 600_000 },
    async () => {
      const answer = await submit(new Uint8Array(16 * MEGABYTE))
      const problem: Json = await answer.json()
      expect({ status: answer.status, code: problem.code }).toEqual({ status: 503, code: 'STORE_UNAVAILABLE' })
      expect(await readdir(join(mounted, 'store/artifacts/incoming'))).toEqual([])
      await untilCompleted(await submitWine())
    },
  )

  it(
    'refuses a submission while its store is full, and takes it when there is room',
    { timeout: 600_000 },
    async () => {
      const makeRoom = await fill('store')
      try {
        expect((await submit(await readFile(join(wine, 'dataset.csv')))).status).toBe(503)
      } finally {
        await makeRoom()
      }
      await untilCompleted(await submitWine())
    },
  )

  it('keeps a job whose workspace is full, and finishes it when there is room', { timeout: 600_000 }, async () => {
    const id = await submitWine()
    const makeRoom = await fill('data')
    try {
      let status = await statusOf(id).catch(() => undefined)
      // Retried, or finished before the disk was full: what it must not be is failed.
      for (let look = 0; look < 20 && status?.status !== 'completed'; look += 1) {
        if (status !== undefined) expect(status.status, JSON.stringify(status.job?.failure)).not.toBe('failed')
        await setTimeout(100)
        status = await statusOf(id).catch(() => undefined)
      }
    } finally {
      await makeRoom()
    }
    if (server.process.exitCode !== null) server = await startServer(place)
    await untilCompleted(id)
  })

  it('answers no submission that its database could not keep', { timeout: 600_000 }, async () => {
    const makeRoom = await fill('data')
    const answered: string[] = []
    let refused: number | undefined
    try {
      // The database has room of its own for a while: submissions go on until it has none.
      for (let count = 0; count < 200 && refused === undefined; count += 1) {
        const answer = await submit(`alcohol,label\n${count},1\n`).catch(() => undefined)
        if (answer === undefined) refused = 0
        else if (answer.status === 200) answered.push(((await answer.json()) as Json).job_id)
        else refused = answer.status
      }
    } finally {
      await makeRoom()
    }
    expect(refused ?? 503, `after ${answered.length} submissions`).toBe(503)
    expect(server.process.exitCode, 'the server outlives it').toBeNull()
    for (const id of answered) expect((await statusOf(id)).job_id).toBe(id)
    await untilCompleted(await submitWine())
    await stop(server)
  })
})

function whyNoMounts(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root'
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'a small disk cannot be mounted here'
  }
}

function mount(directory: string, megabytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory])
}
