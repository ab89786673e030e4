import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { kerasPython } from '../../packages/trainer/test/interop/keras-python.ts'
import { coverageDocument, coverageRows, kerasClasses } from '../make-keras-coverage.ts'

const root = join(import.meta.dirname, '../..')

describe('docs/keras-coverage.md', () => {
  it('is current (scripts/make-keras-coverage.ts writes it)', async () => {
    expect(readFileSync(join(root, 'docs/keras-coverage.md'), 'utf8')).toBe(await coverageDocument())
  })

  it('has a case for every class that is taken', () => {
    const without = coverageRows().filter((row) => row.supported && row.cases.length === 0)
    expect(without.map(({ kind, className }) => `${kind}: ${className}`)).toEqual([])
  })

  it.skipIf(kerasPython === undefined)('lists what the installed Keras has (skipped without one)', () => {
    const script = join(root, 'packages/trainer/test/interop/keras_classes.py')
    const run = spawnSync(kerasPython ?? 'python3', [script], { encoding: 'utf8' })
    expect(JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '')).toEqual(kerasClasses())
  })
})
