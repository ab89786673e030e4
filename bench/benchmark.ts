/** What a benchmark is, and what it gives. @module */

import type { Sample } from './sample.ts'

/** What our figure is held to. */
export type Target =
  /** At least this many times as fast as the peer. */
  | { readonly kind: 'speed'; readonly atLeast: number }
  /** Below this, in the benchmark's unit. */
  | { readonly kind: 'limit'; readonly below: number }
  /** For information. */
  | { readonly kind: 'none' }

/** The other tool that does the same. */
export type Peer =
  | { readonly kind: 'measured'; readonly name: string; readonly sample: Sample }
  /** Stopped before its end: it takes longer than this. */
  | { readonly kind: 'stopped'; readonly name: string; readonly after: number }
  /** Not to be had here: its figure from elsewhere. */
  | { readonly kind: 'recorded'; readonly name: string; readonly figure: number }
  | { readonly kind: 'missing'; readonly name: string; readonly reason: string }

/** What was measured. All figures are in the benchmark's unit, and smaller is better. */
export interface Measured {
  readonly kind: 'measured'
  readonly ours: Sample
  /** Left out where nobody does the same. */
  readonly peer?: Peer
  /** What a reader of the figures has to know. */
  readonly note?: string
}

/** Why there is no figure. */
export interface NotMeasured {
  readonly kind: 'not measured'
  readonly reason: string
}

/** What a benchmark gives. */
export type Measurement = Measured | NotMeasured

/** One row of the table. */
export interface Benchmark {
  /** `kebab-case`: what `npm run bench -- <name>` takes. */
  readonly name: string
  /** What the table calls it. */
  readonly what: string
  readonly unit: 's' | 'MB'
  readonly target: Target
  /** Takes long: measured only where it is named. */
  readonly optional?: true
  run(): Promise<Measurement>
}
