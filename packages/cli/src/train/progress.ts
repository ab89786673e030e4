/** Progress of a training: one line that moves on a terminal, a line per epoch anywhere else. @module */

import type { TrainingEvent } from '@aibomgen/trainer'

import { showOnOneLine, type TextStream } from '../output.ts'

/** Shows what a run tells while it goes on. Disposing of it leaves the terminal's line. */
export interface Progress extends Disposable {
  readonly onEvent: (event: TrainingEvent) => void
}

const BAR_WIDTH = 16
const CLEAR_LINE = '\r\u001b[K'

/** Progress on `stream`. */
export function createProgress(stream: TextStream): Progress {
  return stream.isTTY === true ? createBar(stream) : createLines(stream)
}

function createLines(stream: TextStream): Progress {
  return {
    onEvent: (event) => {
      if (event.type === 'epoch') stream.write(`${describeEpoch(event)}\n`)
    },
    [Symbol.dispose]: () => undefined,
  }
}

function createBar(stream: TextStream): Progress {
  let left = ''
  const draw = (event: TrainingEvent): void => {
    if (event.type === 'started') return
    const { epoch, epochs } = event
    if (event.type === 'epoch') left = event.secondsLeft > 0 ? `, ${formatSeconds(event.secondsLeft)} left` : ''
    const inEpoch = event.type === 'batch' ? epoch - 1 + event.batch / event.batches : epoch
    const filled = Math.min(BAR_WIDTH, Math.floor((inEpoch / epochs) * BAR_WIDTH))
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
    const text = `${bar} epoch ${epoch}/${epochs}${left}: ${formatMetrics(event.metrics)}`
    // A line that wraps could not be taken back.
    stream.write(CLEAR_LINE + showOnOneLine(text).slice(0, (stream.columns ?? 80) - 1))
  }
  return { onEvent: draw, [Symbol.dispose]: () => stream.write(CLEAR_LINE) }
}

function describeEpoch(event: Extract<TrainingEvent, { type: 'epoch' }>): string {
  const left = event.secondsLeft > 0 ? `, ${formatSeconds(event.secondsLeft)} left` : ''
  return showOnOneLine(`epoch ${event.epoch}/${event.epochs}: ${formatMetrics(event.metrics)}${left}`)
}

function formatMetrics(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join(', ')
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 120 ? `${whole} s` : `${Math.ceil(whole / 60)} min`
}
