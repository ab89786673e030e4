/** The command as npm links it: built, and started through its bin. @module */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'

const execute = promisify(execFile)
const packageRoot = join(import.meta.dirname, '..')
const isBuilt = existsSync(join(packageRoot, 'dist/main.js'))

describe.skipIf(!isBuilt)('bin/aibomgen.js (skipped where nothing is built)', () => {
  const run = (...argv: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
    execute(process.execPath, [join(packageRoot, 'bin/aibomgen.js'), ...argv])

  it('gives help and version', async () => {
    expect((await run('--help')).stdout).toContain('Usage: aibomgen')
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('finds the example', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'aibomgen-built-'))
    await run('example', 'wine', join(directory, 'wine'))
    expect((await readdir(join(directory, 'wine'))).sort()).toEqual([
      'README.md',
      'dataset.csv',
      'definition.yaml',
      'model.keras',
    ])
    await rm(directory, { recursive: true })
  })

  it('passes the exit code on', async () => {
    await expect(run('frobnicate')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('error USAGE') })
  })
})
