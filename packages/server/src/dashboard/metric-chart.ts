/** Metrics over epochs as SVG, drawn here: nothing runs in the browser for it. @module */

import { html } from 'hono/html'

import { formatMetric, formatTick } from './format.ts'
import type { EpochMetrics } from './metric-history.ts'
import type { Markup } from './page.ts'

/** One chart: a metric, and beside it the same on the validation rows. */
export interface MetricChart {
  readonly metric: string
  readonly training: readonly Point[]
  readonly validation: readonly Point[]
}

/** A value at an epoch. */
export interface Point {
  readonly epoch: number
  readonly value: number
}

const WIDTH = 560
const HEIGHT = 220
const LEFT = 60
const RIGHT = 12
const TOP = 14
const BOTTOM = 30
/** Twice as much is still a number. Training is done in float32, which ends far below. */
const MAX_DRAWN = 1e300
const VALIDATION_PREFIX = 'val_'

/** The charts for a history: `loss` first, the others by name. An epoch without a metric gives no point. */
export function planCharts(history: readonly EpochMetrics[]): readonly MetricChart[] {
  const names = new Set(history.flatMap(({ metrics }) => Object.keys(metrics)).map(withoutPrefix))
  const pointsOf = (name: string): readonly Point[] =>
    history.flatMap(({ epoch, metrics }) => {
      const value = Object.hasOwn(metrics, name) ? metrics[name] : undefined
      return value === undefined || !(Math.abs(value) <= MAX_DRAWN) ? [] : [{ epoch, value }]
    })
  return [...names]
    .sort((a, b) => (a === 'loss' ? -1 : b === 'loss' ? 1 : a < b ? -1 : 1))
    .map((metric) => ({ metric, training: pointsOf(metric), validation: pointsOf(VALIDATION_PREFIX + metric) }))
    .filter(({ training, validation }) => training.length + validation.length > 0)
}

/** The chart as a figure. */
export function drawChart({ metric, training, validation }: MetricChart): Markup {
  const points = [...training, ...validation]
  const epochs = rangeOf(points.map(({ epoch }) => epoch))
  const values = rangeOf(points.map(({ value }) => value))
  const place = ({ epoch, value }: Point): readonly [number, number] => [
    round(LEFT + share(epoch, epochs) * (WIDTH - LEFT - RIGHT)),
    round(HEIGHT - BOTTOM - share(value, values) * (HEIGHT - TOP - BOTTOM)),
  ]
  const last = training.at(-1) ?? validation.at(-1)
  return html`<figure class="chart">
    <figcaption>
      <bdi>${metric}</bdi>
      <span class="legend"
        >${training.length > 0 ? legend('training', training) : ''}${
          validation.length > 0 ? legend('validation', validation) : ''
        }</span
      >
    </figcaption>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="${metric} from epoch ${epochs.from} to ${epochs.to}${
        last === undefined ? '' : `, at the end ${formatMetric(last.value)}`
      }"
    >
      ${ticks(values).map((value) => {
        const [, y] = place({ epoch: epochs.from, value })
        return html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" />
          <text class="tick" x="${LEFT - 8}" y="${y + 4}" text-anchor="end"
            >${formatTick(value, (values.to - values.from) / 3)}</text
          >`
      })}
      ${[epochs.from, ...(epochs.to > epochs.from ? [epochs.to] : [])].map((epoch) => {
        const [x] = place({ epoch, value: values.from })
        const anchor = epoch === epochs.from ? 'start' : 'end'
        return html`<text class="tick" x="${x}" y="${HEIGHT - 10}" text-anchor="${anchor}">epoch ${epoch}</text>`
      })}
      ${drawSeries('validation', validation.map(place))} ${drawSeries('training', training.map(place))}
    </svg>
  </figure>`
}

function legend(kind: string, points: readonly Point[]): Markup {
  const last = points.at(-1)
  return html`<span class="key key-${kind}">${kind} <b>${last === undefined ? '' : formatMetric(last.value)}</b></span>`
}

function drawSeries(kind: string, places: readonly (readonly [number, number])[]): Markup {
  const end = places.at(-1)
  if (end === undefined) return html``
  const line = places.map(([x, y]) => `${x},${y}`).join(' ')
  return html`<polyline class="series series-${kind}" points="${line}" /><circle
      class="end end-${kind}"
      cx="${end[0]}"
      cy="${end[1]}"
      r="3.5"
    />`
}

interface Range {
  readonly from: number
  readonly to: number
}

function rangeOf(values: readonly number[]): Range {
  return {
    from: values.reduce((least, value) => Math.min(least, value), Infinity),
    to: values.reduce((most, value) => Math.max(most, value), -Infinity),
  }
}

/** Where in the range, 0 to 1; in the middle of one that has no length. */
function share(value: number, { from, to }: Range): number {
  return to > from ? (value - from) / (to - from) : 0.5
}

function ticks({ from, to }: Range): readonly number[] {
  return to > from ? [0, 1, 2, 3].map((step) => from + (step / 3) * (to - from)) : [from]
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function withoutPrefix(name: string): string {
  return name.startsWith(VALIDATION_PREFIX) ? name.slice(VALIDATION_PREFIX.length) : name
}
