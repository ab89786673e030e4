/**
 * `npm run bench [-- <name>…]`: measures all benchmarks but the long ones, or those named, and prints a table. A run of
 * all of them writes it to `RESULTS.md` as well, with the figures of the long ones that `LONG-RESULTS.md` keeps. Exits with 0 whether targets are met or not: a shared machine is no judge. @module
 */

import { readFile, writeFile } from 'node:fs/promises'

import { toTimestamp, type Clock } from '@aibomgen/core'

import type { Measurement } from './benchmark.ts'
import { BENCHMARKS } from './benchmarks.ts'
import { describeMachine, readLoad } from './machine.ts'
import { renderResults, type Result } from './table.ts'

const clock: Clock = { now: () => toTimestamp(new Date()) }
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
if (unknown.length > 0) {
  const names = BENCHMARKS.map(({ name }) => name).join(', ')
  console.error(`no benchmark ${unknown.join(', ')}: there are ${names}`)
  process.exit(2)
}

const [startedAt, loadBefore] = [clock.now(), readLoad()]
const results: Result[] = []
for (const benchmark of BENCHMARKS) {
  const isWanted = wanted.length === 0 ? benchmark.optional !== true : wanted.includes(benchmark.name)
  if (!isWanted) continue
  console.error(`measuring ${benchmark.name} …`)
  const measurement: Measurement = await benchmark.run()
  results.push({ benchmark, measurement })
}
const head = `Measured ${startedAt} on ${describeMachine()}; load ${loadBefore} before, ${readLoad()} after.`
const table = renderResults(results)
console.log(`${head}\n\n${table}`)
if (wanted.length === 0) {
  const long = await readFile(new URL('LONG-RESULTS.md', import.meta.url), 'utf8')
  await writeFile(new URL('RESULTS.md', import.meta.url), `${renderDocument(head, table)}\n${long}`)
}

function renderDocument(head: string, table: string): string {
  return `# Speed and memory

${head} Written by \`npm run bench\`.

Figures are medians of several runs, the best run beside them: ours and the peer's in turn, on a machine that others use
at the same time. "Times as fast" compares the medians; 1 is as fast as the peer.

${table}
`
}
