/** What is shown on a terminal, and what in a file. @module */

import { describe, expect, it } from 'vitest'

import { parseByteCount, parseCount, parseNumber } from '../src/numbers.ts'
import { createOutput, showOnOneLine, type TextStream } from '../src/output.ts'
import { createProgress } from '../src/train/progress.ts'

function record(isTTY: boolean): TextStream & { readonly written: string[] } {
  const written: string[] = []
  return { isTTY, columns: 60, written, write: (text) => written.push(text) }
}

const batch = { type: 'batch', epoch: 1, epochs: 2, batch: 1, batches: 2, metrics: { loss: 0.5 } } as const
const epoch = { type: 'epoch', epoch: 1, epochs: 2, metrics: { loss: 0.25, accuracy: 1 }, secondsLeft: 3 } as const

describe('progress', () => {
  it('is one line per epoch where there is no terminal', () => {
    const stream = record(false)
    using progress = createProgress(stream)
    progress.onEvent(batch)
    progress.onEvent(epoch)
    expect(stream.written).toEqual(['epoch 1/2: loss 0.2500, accuracy 1.000, 3 s left\n'])
  })

  it('is one line that is drawn again on a terminal, never wider than that, and gone at the end', () => {
    const stream = record(true)
    {
      using progress = createProgress(stream)
      progress.onEvent(batch)
      progress.onEvent({ ...epoch, metrics: { 'a metric with a name that is far too long for a line': 1 } })
    }
    expect(stream.written).toHaveLength(3)
    expect(stream.written[0]).toMatch(/^\r\u001b\[K████░+ epoch 1\/2: loss 0\.5000$/)
    for (const line of stream.written) expect(line.length).toBeLessThan(60 + '\r\u001b[K'.length)
    expect(stream.written.at(-1)).toBe('\r\u001b[K')
  })
})

describe('output', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a line feed', 'one\ntwo', 'one two'],
    ['text that runs backwards', 'a\u202eb', 'a\\u202eb'],
    ['plain text', 'grün → ✓', 'grün → ✓'],
  ])('shows %s on one line', (_name, text, shown) => {
    expect(showOnOneLine(text)).toBe(shown)
  })

  it.each([
    ['a terminal', true, true, '\u001b[31mx\u001b[39m'],
    ['a terminal without colours', true, false, 'x'],
    ['a file', false, true, 'x'],
  ])('colours for %s', (_name, isTTY, color, shown) => {
    expect(createOutput(record(isTTY), record(isTTY), { color }).style('red', 'x')).toBe(shown)
  })
})

describe('numbers', () => {
  it.each([
    ['12', 12],
    ['-1', -1],
    ['0.25', 0.25],
    ['1e3', 1000],
    ['', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['1 000', undefined],
    ['Infinity', undefined],
  ])('reads %j as %j', (text, number) => {
    expect(parseNumber(text)).toBe(number)
  })

  it.each([
    ['1048576', 1048576],
    ['512MB', 512_000_000],
    ['4GiB', 4 * 1024 ** 3],
    ['2g', 2_000_000_000],
  ])('reads the size %s', (text, bytes) => {
    expect(parseByteCount('--max-memory', text)).toBe(bytes)
  })

  it.each(['', 'GiB', '-1GB', '1.5GB', '4XB', '0', '99999999TB'])('refuses the size %j', (text) => {
    expect(() => parseByteCount('--max-memory', text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it.each(['', '0', '-3', '1.5', 'many'])('refuses the count %j', (text) => {
    expect(() => parseCount('--days', text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
