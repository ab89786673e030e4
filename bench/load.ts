/** The platform under load: many jobs, many verifications, reads meanwhile. All on loopback, bounded in count and time. @module */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setTimeout } from 'node:timers/promises'

import type { Benchmark, Measurement, Peer } from './benchmark.ts'
import { arrive, type Arrivals } from './fixtures/arrivals.ts'
import { noServer, startPlatformServer, type PlatformServer } from './fixtures/platform-server.ts'
import { withScratch } from './fixtures/scratch.ts'
import { findPython } from './process.ts'
import { summarize } from './sample.ts'

const JOBS = Number(process.env['BENCH_JOBS'] ?? 1000)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 60)
const VERIFICATIONS_PER_SECOND = 200
/** Verified in turn: how often callers meet at one of them is what decides how many runs they share. */
const RELEASES = 4
const READS_PER_SECOND = 50
const PORT = 18_468
const PEER_PORT = 18_469

export const manyJobs: Benchmark = {
  name: 'many-jobs',
  what: `a small job, one of ${JOBS}, through two workers`,
  unit: 's',
  target: { kind: 'none' },
  optional: true,
  run: () => onServer(2, measureJobs),
}

export const verifications: Benchmark = {
  name: 'verifications',
  what: `p99 of ${VERIFICATIONS_PER_SECOND} verifications a second`,
  unit: 's',
  target: { kind: 'none' },
  optional: true,
  run: () => onServer(1, measureVerifications),
}

export const readsUnderLoad: Benchmark = {
  name: 'reads-under-load',
  what: `p99 of ${READS_PER_SECOND} reads a second while jobs train`,
  unit: 's',
  target: { kind: 'none' },
  optional: true,
  run: () => onServer(1, measureReads),
}

async function onServer(
  workers: number,
  measure: (server: PlatformServer) => Promise<Measurement>,
): Promise<Measurement> {
  if (noServer !== undefined) return { kind: 'not measured', reason: noServer }
  return withScratch(async (directory) => {
    await using server = await startPlatformServer(directory, { port: PORT, workers })
    return await measure(server)
  })
}

async function measureJobs(server: PlatformServer): Promise<Measurement> {
  const start = performance.now()
  const ids: string[] = []
  for (let count = 0; count < JOBS; count++) ids.push(await server.submitWine(1))
  const submitted = (performance.now() - start) / 1000
  for (const id of ids) await server.untilCompleted(id)
  const took = (performance.now() - start) / 1000
  const note = `${JOBS} jobs of one epoch in ${took.toFixed(0)} s, all completed; submitting them took ${submitted.toFixed(0)} s`
  return { kind: 'measured', ours: summarize([took / JOBS]), note }
}

async function measureVerifications(server: PlatformServer): Promise<Measurement> {
  const links: { readonly name: string; readonly bytes: Blob }[] = []
  for (let count = 0; count < RELEASES; count++) links.push(await releaseLink(server))
  let next = 0
  const verifyAt = (url: string) => async (): Promise<void> => {
    const link = links[next++ % RELEASES]
    if (link === undefined) throw new Error('expected a link')
    const form = new FormData()
    form.append('link_file', link.bytes, link.name)
    const answer = await fetch(`${url}/verify_in-toto_link`, { method: 'POST', body: form })
    if (!(await answer.text()).includes('"success"')) throw new Error(`expected success, got ${answer.status}`)
  }
  const load = { perSecond: VERIFICATIONS_PER_SECOND, seconds: SECONDS }
  const alone = await timeInTurn(verifyAt(server.url))
  const ours = await arrive(verifyAt(server.url), load)
  const { peer, note } = await measurePeer(async (url) => arrive(verifyAt(url), load))
  return {
    kind: 'measured',
    ours: summarize([ours.p99]),
    peer,
    note: `the links of ${RELEASES} releases in turn for ${SECONDS} s, all eleven checks; who asks for the same release while it is verified shares the next run; ours: ${describe(ours)}, and one after another ${alone.toFixed(3)} s each; ${note}`,
  }
}

/** The link of a training that has just been completed. */
async function releaseLink(server: PlatformServer): Promise<{ readonly name: string; readonly bytes: Blob }> {
  const id = await server.submitWine(1)
  await server.untilCompleted(id)
  const name = /run_training\.[0-9a-f]{8}\.link/.exec(await server.read(`/job_artifacts/${id}`))?.[0]
  if (name === undefined) throw new Error(`expected job ${id} to have the link of its training`)
  return { name, bytes: new Blob([await server.read(`/jobs/${id}/artifacts/${name}`)]) }
}

/** What a call takes when nobody else makes one, in seconds. */
async function timeInTurn(call: () => Promise<void>): Promise<number> {
  const calls = 20
  const start = performance.now()
  for (let count = 0; count < calls; count++) await call()
  return (performance.now() - start) / 1000 / calls
}

/** FastAPI with the same endpoint, which parses the link and hashes it, and verifies nothing: what a form costs there. */
async function measurePeer(measure: (url: string) => Promise<Arrivals>): Promise<{ peer: Peer; note: string }> {
  const name = 'FastAPI that takes the same form and verifies nothing'
  const python = await findPython('fastapi, uvicorn, multipart')
  if (python === undefined) {
    return { peer: { kind: 'missing', name, reason: 'pip install fastapi uvicorn python-multipart' }, note: 'no peer' }
  }
  const script = fileURLToPath(new URL('peers/fastapi_verify.py', import.meta.url))
  const peer = spawn(python, [script, String(PEER_PORT)], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${PEER_PORT}`
  try {
    while ((await fetch(`${url}/healthz`).catch(() => undefined))?.ok !== true) {
      if (peer.exitCode !== null) throw new Error(`expected FastAPI to start, got exit code ${peer.exitCode}`)
      await setTimeout(200)
    }
    const theirs = await measure(url)
    return { peer: { kind: 'measured', name, sample: summarize([theirs.p99]) }, note: `the peer: ${describe(theirs)}` }
  } finally {
    peer.kill('SIGKILL')
    if (peer.exitCode === null && peer.signalCode === null) await once(peer, 'exit')
  }
}

async function measureReads(server: PlatformServer): Promise<Measurement> {
  const ids: string[] = []
  for (let count = 0; count < 4; count++) ids.push(await server.submitWine(200))
  const paths = [...ids.map((id) => `/job_status/${id}`), '/jobs', '/']
  let next = 0
  const ours = await arrive(() => server.read(paths[next++ % paths.length] ?? '/'), {
    perSecond: READS_PER_SECOND,
    seconds: SECONDS,
  })
  return {
    kind: 'measured',
    ours: summarize([ours.p99]),
    note: `status, list and first page, for ${SECONDS} s: ${describe(ours)}`,
  }
}

function describe({ median, perSecond, failed, reasons, dropped }: Arrivals): string {
  const why = [...reasons].map(([reason, count]) => `${count} × ${reason}`).join(', ')
  const failures = `${failed} failed${why === '' ? '' : ` (${why})`}`
  return `median ${median.toFixed(3)} s, ${perSecond.toFixed(0)} answered a second, ${failures}, ${dropped} not made`
}
