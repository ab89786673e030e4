/** An engine that is installed without its native part: what `auto` makes of it. @module */

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { isInstalled } from '../../src/backends/optional-package.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
const ENGINE = '@tensorflow/tfjs-node'
/** What npm's install script of the package downloads or builds: without it, the package is there and does not start. */
const NATIVE = ['lib', 'deps', 'build', 'node_modules'].map((name) => join(ROOT, 'node_modules', ENGINE, name))

const skipped = isInstalled(ENGINE) ? '' : ` (skipped: ${ENGINE} is not installed)`

describe.skipIf(skipped !== '')(`a tfjs-node without its native part${skipped}`, () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aibomgen-broken-engine-'))
    const modules = join(directory, 'node_modules')
    await linkAll(join(ROOT, 'node_modules'), modules, ['@tensorflow'])
    await linkAll(join(ROOT, 'node_modules/@tensorflow'), join(modules, '@tensorflow'), ['tfjs-node'])
    await cp(join(ROOT, 'node_modules', ENGINE), join(modules, ENGINE), {
      recursive: true,
      filter: (path) => !NATIVE.includes(path),
    })
    // The trainer finds engines from where its own files are.
    for (const name of ['package.json', 'src']) {
      await cp(join(ROOT, 'packages/trainer', name), join(directory, 'trainer', name), { recursive: true })
    }
  })
  afterAll(() => rm(directory, { recursive: true }))

  it('is passed over by auto, which trains on wasm and records why', async () => {
    const report = await load('auto')
    expect(report).toMatchObject({ name: 'wasm', versions: { '@tensorflow/tfjs-backend-wasm': '4.22.0' } })
    expect(report['reason']).toMatch(
      /^auto: backend node: @tensorflow\/tfjs-node is installed and does not start: .*native/,
    )
    expect(String(report['reason']).length).toBeLessThanOrEqual(256)
  })

  it('fails a run that asks for it by name', async () => {
    expect(await load('node')).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      detail: { backend: 'node', reason: expect.stringContaining('is installed and does not start') },
    })
  })

  /** What `loadBackend` gives in a process of its own for a model of convolutions, or the error's code and detail. */
  async function load(name: string): Promise<Readonly<Record<string, unknown>>> {
    const program = `
      import { loadBackend } from './trainer/src/backends/load-backend.ts'
      const report = await loadBackend(${JSON.stringify(name)}, ['Conv2D']).catch(({ code, detail }) => ({ code, detail }))
      console.log('\\n' + JSON.stringify(report))`
    const argv = ['--conditions=@aibomgen/source', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: directory })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  }
})

/** Links to everything in `from` but `others`, in a new folder. */
async function linkAll(from: string, to: string, others: readonly string[]): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await mkdir(to)
  for (const name of await readdir(from)) {
    if (!others.includes(name)) await symlink(join(from, name), join(to, name))
  }
}
