/** The table of attacks: every line of it is held by tests that are there. @module */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const rows = readFileSync(join(ROOT, 'docs/attacks.md'), 'utf8').matchAll(/^\| (\d+) +\|[^|]*\|(.*)\|$/gm)
const lines = [...rows].map(([, line = '', held = '']) => ({
  line: Number(line),
  tests: [...held.matchAll(/`([^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => [file, title] as const),
}))

describe('docs/attacks.md', () => {
  it('has every line, in order', () => {
    expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1))
  })

  it.each(lines)('names tests that are there for line $line', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0)
    for (const [file, title] of tests) {
      expect(existsSync(join(ROOT, file)), file).toBe(true)
      expect(readFileSync(join(ROOT, file), 'utf8'), file).toContain(title)
    }
  })
})
