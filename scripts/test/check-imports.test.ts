import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { checkImports } from '../check-imports.ts'

/** Entries that load no training engine. */
const LIGHT = {
  './job': { '@aibomgen/source': './src/job.ts' },
  './environment': { '@aibomgen/source': './src/environment.ts' },
}

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'aibomgen-imports-'))
  await lay('docs/dependencies.md', '| `zod` | schemas |')
  await layPackage('core', { './node': {} }, ['zod'])
  await layPackage('intoto', {}, ['@aibomgen/core'])
  await layPackage('storage', {}, ['@aibomgen/core', '@aibomgen/intoto'])
  await layPackage('trainer', LIGHT, ['@aibomgen/core'])
  await lay('packages/trainer/src/job.ts', '')
  await lay('packages/trainer/src/environment.ts', '')
  await layPackage('server', {}, ['@aibomgen/trainer'])
})
afterEach(() => rm(root, { recursive: true }))

async function lay(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

async function layPackage(short: string, entries: object, dependencies: readonly string[]): Promise<void> {
  const manifest = {
    name: `@aibomgen/${short}`,
    exports: { '.': {}, ...entries },
    dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])),
  }
  await lay(`packages/${short}/package.json`, JSON.stringify(manifest))
}

describe('the table of imports', () => {
  it.each([
    ['intoto/src/link.ts', `import { x } from '@aibomgen/core'`],
    ['intoto/src/link.ts', `import type { X } from './layout.ts'`],
    ['core/src/json.ts', `import * as z from 'zod'`],
    ['core/src/node/files.ts', `import { readFile } from 'node:fs/promises'`],
    ['core/src/crypto/node.ts', `import { createHash } from 'node:crypto'`],
    ['core/src/digest.ts', `import { sha256 } from '#crypto'`],
    ['storage/src/fs.ts', `import { readFileBounded } from '@aibomgen/core/node'`],
    ['server/src/app.ts', `import { parseJob } from '@aibomgen/trainer/job'`],
  ])('lets %s say %s', async (file, source) => {
    await lay(`packages/${file}`, source)
    expect(checkImports(root)).toEqual([])
  })

  it.each([
    ['an upward import', 'core/src/a.ts', `import { x } from '@aibomgen/intoto'`, 'does not declare'],
    ['a sideways import', 'storage/src/a.ts', `import { x } from '@aibomgen/intoto'`, 'storage may import core'],
    [
      'a type-only import too',
      'storage/src/a.ts',
      `import type { X } from '@aibomgen/intoto'`,
      'storage may import core',
    ],
    ['an import in passing', 'storage/src/a.ts', `await import('@aibomgen/intoto')`, 'storage may import core'],
    ['a re-export', 'storage/src/a.ts', `export { x } from '@aibomgen/intoto'`, 'storage may import core'],
    ['another entry than the allowed one', 'server/src/a.ts', `import '@aibomgen/trainer'`, 'server may import'],
    ['a path past an entry', 'intoto/src/a.ts', `import { x } from '@aibomgen/core/src/json.ts'`, 'not a public entry'],
    [
      'a relative path out of the package',
      'intoto/src/a.ts',
      `import { x } from '../../core/src/json.ts'`,
      'stays inside',
    ],
    ['a relative path without ending', 'intoto/src/a.ts', `import { x } from './link'`, 'ends in .ts'],
    ['an undeclared dependency', 'intoto/src/a.ts', `import z from 'zod'`, 'does not declare zod'],
    ['Node in a browser file', 'intoto/src/a.ts', `import { x } from 'node:fs'`, 'runs in a browser'],
    ['a Node file in a browser file', 'core/src/a.ts', `import { x } from './node/files.ts'`, 'runs in a browser'],
    [
      'a Node entry in a browser file',
      'intoto/src/a.ts',
      `import { x } from '@aibomgen/core/node'`,
      'runs in a browser',
    ],
  ])('finds %s', async (_, file, source, reason) => {
    await lay(`packages/${file}`, source)
    expect(checkImports(root)).toEqual([expect.stringMatching(new RegExp(`^packages/${file} imports .*${reason}`))])
  })

  it('finds a training engine behind an entry that must load none', async () => {
    await layPackage('trainer', LIGHT, ['@aibomgen/core', 'h5wasm'])
    await lay('docs/dependencies.md', '`zod` `h5wasm`')
    await lay('packages/trainer/src/job.ts', `export { x } from './weights.ts'`)
    await lay('packages/trainer/src/weights.ts', `import h5wasm from 'h5wasm'`)
    expect(checkImports(root)).toEqual([expect.stringContaining('./job must load no training engine')])
  })

  it.each([
    ['is no entry', { './job': LIGHT['./job'] }],
    ['is no file', { ...LIGHT, './environment': { '@aibomgen/source': './src/gone.ts' } }],
  ])('finds that an entry that must load no engine %s', async (_, entries) => {
    await layPackage('trainer', entries, ['@aibomgen/core'])
    expect(checkImports(root)).toEqual([expect.stringContaining('has no entry ./environment')])
  })

  it('finds a dependency that nobody has written about', async () => {
    await lay('docs/dependencies.md', 'nothing here')
    expect(checkImports(root)).toEqual([expect.stringContaining(`core/package.json depends on 'zod'`)])
  })
})
