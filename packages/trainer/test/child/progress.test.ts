import { describe, expect, it } from 'vitest'

import { reportProgress, type Progress } from '../../src/child/progress.ts'
import type { ChildMessage } from '../../src/child/protocol.ts'

function start(initialEpoch = 0): Progress & { messages: ChildMessage[]; lines: string[]; wait(ms: number): void } {
  const messages: ChildMessage[] = []
  const lines: string[] = []
  let time = 5000
  const progress = reportProgress(initialEpoch, {
    emit: (message) => messages.push(message),
    log: (line) => lines.push(line),
    now: () => time,
  })
  return { ...progress, messages, lines, wait: (milliseconds) => (time += milliseconds) }
}

describe('progress', () => {
  it('tells of a batch ten times a second at most', () => {
    const run = start()
    for (let step = 1; step <= 1000; step++) {
      run.onBatch({ epoch: 0, epochs: 1, step, steps: 1000, values: { loss: 1 / step } })
      run.wait(1)
    }
    expect(run.messages.map((message) => message.type === 'batch' && message.batch)).toEqual([
      1, 101, 201, 301, 401, 501, 601, 701, 801, 901,
    ])
  })

  it('tells of every epoch from 1, and how long the rest will take if it goes on so', () => {
    const run = start(1)
    run.wait(2000)
    run.onEpoch({ epoch: 1, epochs: 4, values: { loss: 0.5, accuracy: 1 } })
    run.wait(4000)
    run.onEpoch({ epoch: 2, epochs: 4, values: { loss: 0.25, accuracy: 1 } })
    run.onEpoch({ epoch: 3, epochs: 4, values: { loss: 0.125, accuracy: 1 } })
    expect(run.messages).toMatchObject([
      { type: 'epoch', epoch: 2, epochs: 4, secondsLeft: 4, metrics: { loss: 0.5, accuracy: 1 } },
      { type: 'epoch', epoch: 3, epochs: 4, secondsLeft: 3 },
      { type: 'epoch', epoch: 4, epochs: 4, secondsLeft: 0 },
    ])
    expect(run.lines[0]).toBe('epoch 2/4: loss 0.5000, accuracy 1.000')
  })

  it('leaves out a metric that has no value', () => {
    const run = start()
    run.onEpoch({ epoch: 0, epochs: 1, values: { loss: 1, auc: Number.NaN } })
    expect(run.messages[0]).toMatchObject({ metrics: { loss: 1 } })
  })
})
