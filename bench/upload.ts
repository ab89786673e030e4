/** Uploading 1 GiB through the API. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { Benchmark, Measurement } from './benchmark.ts'
import { WINE_RELEASE } from './fixtures/finished-run.ts'
import { withScratch, writeLargeFile } from './fixtures/scratch.ts'
import { summarize } from './sample.ts'

const CLI = fileURLToPath(new URL('../packages/cli/', import.meta.url))
const SIZE_BYTES = 2 ** 30
const PORT = 18_467
const LOOK_SECONDS = 0.05

export const upload: Benchmark = {
  name: 'upload',
  what: 'server memory while 1 GiB is uploaded',
  unit: 'MB',
  target: { kind: 'limit', below: 100 },
  run: async () => {
    if (!existsSync(join(CLI, 'dist/main.js'))) return { kind: 'not measured', reason: 'run `npm run build` first' }
    return withScratch(measureUpload)
  },
}

async function measureUpload(directory: string): Promise<Measurement> {
  const dataset = await writeLargeFile(directory, SIZE_BYTES)
  // Without a worker: what is measured is taking the upload, not training on it.
  const parameters = ['serve', '--port', String(PORT), '--workers', '0']
  const server = spawn(process.execPath, [join(CLI, 'bin/aibomgen.js'), ...parameters], {
    env: { ...process.env, AIBOMGEN_HOME: join(directory, 'home') },
    stdio: 'ignore',
  })
  try {
    await untilReady(server)
    // One small submission first: what a server loads once does not grow with an upload.
    await submit(join(WINE_RELEASE, 'inputs/dataset'))
    const before = await residentMegabytes(server)
    const watching = new AbortController()
    const peak = watchPeak(server, watching.signal)
    const seconds = await submit(dataset)
    watching.abort()
    const note = `resident memory at its highest less that before; the upload took ${seconds.toFixed(1)} s`
    return { kind: 'measured', ours: summarize([Math.max(0, (await peak) - before)]), note }
  } finally {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
}

/** Posts a job with this data set, and gives the seconds that it took. */
async function submit(dataset: string): Promise<number> {
  const form = new FormData()
  form.append('model', await openAsBlob(join(WINE_RELEASE, 'inputs/model')), 'model.keras')
  form.append('dataset', await openAsBlob(dataset), 'dataset.csv')
  form.append('dataset_definition', await openAsBlob(join(WINE_RELEASE, 'inputs/definition')), 'definition.yaml')
  const started = performance.now()
  const answer = await fetch(`http://127.0.0.1:${PORT}/submit_job_by_model_and_data`, { method: 'POST', body: form })
  if (!answer.ok) throw new Error(`expected a submission to be taken, got ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
  return (performance.now() - started) / 1000
}

async function untilReady(server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`).catch(() => undefined)
    if (answer?.ok === true) return
    await setTimeout(200)
  }
  throw new Error(`expected a server on port ${PORT}, got exit code ${server.exitCode}`)
}

async function watchPeak(server: ChildProcess, signal: AbortSignal): Promise<number> {
  let peak = 0
  while (!signal.aborted) {
    peak = Math.max(peak, await residentMegabytes(server))
    await setTimeout(LOOK_SECONDS * 1000)
  }
  return peak
}

async function residentMegabytes({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6
}
