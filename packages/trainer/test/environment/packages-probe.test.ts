import { ABSENT, createPackagesProbe, observed } from '@aibomgen/trainer/environment'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const signal = new AbortController().signal
let root: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'aibomgen-tree-')))
})
afterEach(() => rm(root, { recursive: true }))

async function lay(path: string, value: object): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), JSON.stringify(value))
}

/** An application that installed the trainer, which has a scoped dependency, a shared one and a peer. */
async function layApplication(): Promise<string> {
  await lay('node_modules/trainer/package.json', {
    name: 'trainer',
    version: '1.0.0',
    dependencies: { '@scope/a': '^1', b: '^1' },
    peerDependencies: { peer: '*', missing: '*' },
    devDependencies: { dev: '*' },
  })
  await lay('node_modules/@scope/a/package.json', {
    name: '@scope/a',
    version: '1.2.3+build',
    dependencies: { b: '^2' },
  })
  await lay('node_modules/@scope/a/node_modules/b/package.json', {
    name: 'b',
    version: '2.0.0',
    dependencies: { trainer: '*' },
  })
  await lay('node_modules/b/package.json', { name: 'b', version: '1.0.0' })
  await lay('node_modules/peer/package.json', { name: 'peer', version: '3.0.0' })
  await lay('node_modules/dev/package.json', { name: 'dev', version: '4.0.0' })
  await lay('node_modules/.package-lock.json', {
    packages: {
      'node_modules/@scope/a': { integrity: 'sha512-a' },
      'node_modules/@scope/a/node_modules/b': { integrity: 'sha512-b2' },
      'node_modules/b': { integrity: 'sha512-b1' },
      'node_modules/trainer': {},
    },
  })
  return join(root, 'node_modules/trainer')
}

describe('the packages probe', () => {
  it('finds what Node would load, each with its purl and the integrity of the nearest lock file', async () => {
    const { packages } = await createPackagesProbe(await layApplication()).observe(signal)
    const seen = packages?.status === 'observed' ? packages.value : []
    expect(
      seen.map(({ purl, integrity }) => [purl, integrity.status === 'observed' ? integrity.value : integrity.status]),
    ).toEqual([
      ['pkg:npm/%40scope/a@1.2.3%2Bbuild', 'sha512-a'],
      ['pkg:npm/b@1.0.0', 'sha512-b1'],
      ['pkg:npm/b@2.0.0', 'sha512-b2'],
      ['pkg:npm/peer@3.0.0', 'unavailable'],
      ['pkg:npm/trainer@1.0.0', 'unavailable'],
    ])
  })

  it('takes an installed trainer for no checkout, whatever repository it was installed in', async () => {
    await mkdir(join(root, '.git'))
    const { trainer } = await createPackagesProbe(await layApplication()).observe(signal)
    expect(trainer).toEqual(observed({ name: 'trainer', version: '1.0.0', checkout: ABSENT }))
  })

  it('throws where a lock file is none, so that the packages become unavailable', async () => {
    const directory = await layApplication()
    await lay('node_modules/.package-lock.json', [])
    await expect(createPackagesProbe(directory).observe(signal)).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' })
  })

  describe.skipIf(!hasGit())('in a checkout (skipped where there is no git)', () => {
    it('names the commit, and whether files differ from it', async () => {
      await lay('packages/trainer/package.json', { name: 'trainer', version: '1.0.0' })
      await mkdir(join(root, 'node_modules'))
      await symlink(join(root, 'packages/trainer'), join(root, 'node_modules/trainer'))
      git('init', '-q')
      const probe = createPackagesProbe(join(root, 'packages/trainer'))
      expect((await probe.observe(signal)).trainer).toMatchObject({ value: { checkout: ABSENT } })
      git('add', 'packages')
      git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '-m', 'first')
      const commit = git('rev-parse', 'HEAD').trim()
      const clean = await createPackagesProbe(join(root, 'node_modules/trainer')).observe(signal)
      expect(clean.trainer).toMatchObject({ value: { checkout: observed({ commit, modified: false }) } })
      await lay('packages/trainer/package.json', { name: 'trainer', version: '1.0.1' })
      const changed = await probe.observe(signal)
      expect(changed.trainer).toMatchObject({
        value: { version: '1.0.1', checkout: observed({ commit, modified: true }) },
      })
    })
  })
})

function git(...argv: string[]): string {
  return execFileSync('git', ['-C', root, ...argv], { encoding: 'utf8' })
}

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'])
    return true
  } catch {
    return false
  }
}
