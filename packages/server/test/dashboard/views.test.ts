import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatBytes, formatMetric, formatSeconds } from '../../src/dashboard/format.ts'
import { drawChart, planCharts } from '../../src/dashboard/metric-chart.ts'

describe('formatSeconds', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [725, '12 min 5 s'],
    [3600, '1 h'],
    [3605, '1 h'],
    [12_000, '3 h 20 min'],
    [450_000, '5 d 5 h'],
  ])('says %s as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text)
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [200 * 1024 ** 2, '200 MiB'],
    [2.5 * 1024 ** 3, '2.5 GiB'],
  ])('says %s as %s', (sizeBytes, text) => {
    expect(formatBytes(sizeBytes)).toBe(text)
  })
})

describe('formatMetric', () => {
  it.each([
    [0.123456, '0.1235'],
    [1234567, '1235000'],
    [1.23456e-9, '1.235e-9'],
    [1, '1'],
  ])('says %s as %s', (value, text) => {
    expect(formatMetric(value)).toBe(text)
  })
})

describe('planCharts', () => {
  it('puts loss first, and a metric beside its validation', () => {
    const charts = planCharts([
      { epoch: 1, metrics: { accuracy: 0.5, loss: 2, val_loss: 3 } },
      { epoch: 2, metrics: { accuracy: 0.6, loss: 1 } },
    ])
    expect(charts).toEqual([
      {
        metric: 'loss',
        training: [
          { epoch: 1, value: 2 },
          { epoch: 2, value: 1 },
        ],
        validation: [{ epoch: 1, value: 3 }],
      },
      {
        metric: 'accuracy',
        training: [
          { epoch: 1, value: 0.5 },
          { epoch: 2, value: 0.6 },
        ],
        validation: [],
      },
    ])
  })

  it('plans nothing for no epochs', () => {
    expect(planCharts([])).toEqual([])
  })
})

describe('drawChart', () => {
  it('draws finite places within the picture, and escapes names, for any history', async () => {
    const history = fc.array(
      fc.record({
        epoch: fc.integer({ min: 1, max: 100_000 }),
        metrics: fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), { maxKeys: 3 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(history, async (epochs) => {
        for (const chart of planCharts(epochs)) {
          const svg = String(await drawChart(chart))
          expect(svg).not.toMatch(/NaN|Infinity/)
          for (const [, x, y] of svg.matchAll(/(-?[\d.]+),(-?[\d.]+)(?= |")/g)) {
            expect(Number(x)).toBeLessThanOrEqual(560)
            expect(Number(y)).toBeLessThanOrEqual(220)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})
