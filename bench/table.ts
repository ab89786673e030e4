/** Figures as rows of a table for people. @module */

import type { Benchmark, Measurement, Peer, Target } from './benchmark.ts'
import type { Sample } from './sample.ts'

/** A benchmark and what it gave. */
export interface Result {
  readonly benchmark: Benchmark
  readonly measurement: Measurement
}

/** How our figure stands to its target. `by the best run`: the median misses what the best run reaches. */
export type Verdict = 'yes' | 'by the best run' | 'no' | 'not measured' | '–'

const HEAD = ['benchmark', 'ours', 'peer', 'times as fast', 'target', 'met']

/** A Markdown table, its columns aligned, and the notes under it. */
export function renderResults(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(toRow)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return [...lines, '', ...results.flatMap(toNote)].join('\n')
}

/** Whether the measurement meets the target. */
export function judge(measurement: Measurement, target: Target): Verdict {
  if (measurement.kind === 'not measured') return 'not measured'
  if (target.kind === 'none') return '–'
  const { ours, peer } = measurement
  if (target.kind === 'limit') return verdictOf(ours.median < target.below, ours.best < target.below)
  const [median, best] = [speed(ours.median, peer, 'median'), speed(ours.best, peer, 'best')]
  if (median === undefined || best === undefined) return 'not measured'
  return verdictOf(median >= target.atLeast, best >= target.atLeast)
}

function verdictOf(isMet: boolean, isMetAtBest: boolean): Verdict {
  if (isMet) return 'yes'
  return isMetAtBest ? 'by the best run' : 'no'
}

function toRow({ benchmark, measurement }: Result): string[] {
  const { what, target, unit } = benchmark
  const verdict = judge(measurement, target)
  if (measurement.kind === 'not measured')
    return [what, measurement.reason, '', '', describeTarget(target, unit), verdict]
  const { ours, peer } = measurement
  return [
    what,
    describeSample(ours, unit),
    describePeer(peer, unit),
    describeSpeed(ours, peer),
    describeTarget(target, unit),
    verdict,
  ]
}

function toNote({ benchmark, measurement }: Result): string[] {
  if (measurement.kind === 'not measured' || measurement.note === undefined) return []
  return [`- ${benchmark.what}: ${measurement.note}.`]
}

function describeSample({ median, best, runs }: Sample, unit: string): string {
  return runs === 1 ? `${digits(median)} ${unit}` : `${digits(median)} ${unit} (best ${digits(best)})`
}

function describePeer(peer: Peer | undefined, unit: string): string {
  switch (peer?.kind) {
    case undefined:
      return '–'
    case 'measured':
      return `${describeSample(peer.sample, unit)}: ${peer.name}`
    case 'stopped':
      return `more than ${digits(peer.after)} ${unit}: ${peer.name}, stopped`
    case 'recorded':
      return `${digits(peer.figure)} ${unit}, recorded elsewhere, not measured here: ${peer.name}`
    case 'missing':
      return `missing: ${peer.name} (${peer.reason})`
  }
}

function describeSpeed(ours: Sample, peer: Peer | undefined): string {
  const times = speed(ours.median, peer, 'median')
  if (times === undefined) return '–'
  return `${peer?.kind === 'stopped' ? '> ' : ''}${digits(times)}`
}

/** How many times as fast as the peer; undefined without one. */
function speed(ours: number, peer: Peer | undefined, which: 'median' | 'best'): number | undefined {
  switch (peer?.kind) {
    case 'measured':
      return peer.sample[which] / ours
    case 'stopped':
      return peer.after / ours
    case 'recorded':
      return peer.figure / ours
    default:
      return undefined
  }
}

function describeTarget(target: Target, unit: string): string {
  switch (target.kind) {
    case 'speed':
      return `≥ ${target.atLeast} ×`
    case 'limit':
      return `< ${target.below} ${unit}`
    case 'none':
      return '–'
  }
}

function digits(figure: number): string {
  if (figure >= 100) return figure.toFixed(0)
  return figure >= 1 ? figure.toFixed(2) : figure.toPrecision(2)
}
