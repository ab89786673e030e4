/** A release from the command line, through everything that can be asked of it afterwards. @module */

import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wine, wineFlags, type Place } from './run-cli.ts'

const execute = promisify(execFile)
const hasTool = async (name: string): Promise<boolean> =>
  execute('which', [name]).then(
    () => true,
    () => false,
  )
const hasInToto = await hasTool('in-toto-verify')
const hasOpenssl = await hasTool('openssl')

let place: Place
let release: string
let trained: { stdout: string; exitCode: number | null }
beforeAll(async () => {
  place = await createPlace()
  release = join(place.directory, 'release')
  trained = await place.run(
    'train',
    ...wineFlags,
    ...['--model-name', 'wine', '--license-name', 'Apache-2.0', '--out', release],
    ...['--bundle', join(place.directory, 'release.aibundle'), '--json'],
  )
})
afterAll(() => place[Symbol.asyncDispose]())

describe('train', () => {
  it('prints one JSON document and nothing else on stdout', () => {
    expect(trained.exitCode).toBe(0)
    const document = JSON.parse(trained.stdout)
    expect(document).toMatchObject({ release, verdict: 'pass', model: { name: 'outputs/trained_model.keras' } })
    expect(Object.keys(document.history).sort()).toEqual(['accuracy', 'loss', 'val_accuracy', 'val_loss'])
    expect(document.history.loss).toHaveLength(2)
    expect(document.files.map(({ name }: { name: string }) => name)).toContain('release.json')
  })

  it('writes a release as the specification names it, and leaves nothing beside it', async () => {
    const names = (await readdir(release)).map((name) => name.replace(/\.[0-9a-f]{8}\.link$/, '.link')).sort()
    expect(names).toEqual([
      ...['aibom.json', 'aibom.sig', 'environment.json', 'generate_aibom.link', 'inputs', 'layout.json', 'logs.txt'],
      ...['outputs', 'provenance.intoto.jsonl', 'release.json', 'run_training.link', 'submit_inputs.link'],
    ])
    expect((await readdir(place.directory)).sort()).toEqual(['home', 'release', 'release.aibundle'])
  })

  it('gives the same outputs for the same seed', async () => {
    const again = join(place.directory, 'nested', 'again')
    expect((await place.run('train', ...wineFlags, '--out', again, '--no-inputs')).exitCode).toBe(0)
    for (const name of await readdir(join(release, 'outputs'))) {
      expect(await readFile(join(again, 'outputs', name))).toEqual(await readFile(join(release, 'outputs', name)))
    }
    expect(await readdir(join(again, 'inputs'))).toEqual(['definition', 'job.json'])
  })
})

describe('verify', () => {
  it('passes a release, with a line per check', async () => {
    const { stdout, exitCode } = await place.run('verify', release)
    expect(exitCode).toBe(0)
    expect(stdout.match(/^✓ /gm)).toHaveLength(11)
    expect(stdout).toMatch(/^pass: 11 of 11 checks passed$/m)
  })

  it('gives its report as JSON', async () => {
    const { stdout } = await place.run('verify', release, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass', absent: [], uncovered: [] })
  })

  it('fails for one changed byte, naming the check', async () => {
    const changed = join(place.directory, 'changed')
    await cp(release, changed, { recursive: true })
    const model = join(changed, 'outputs/trained_model.keras')
    const bytes = await readFile(model)
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    await writeFile(model, bytes)
    const { stdout, exitCode } = await place.run('verify', changed)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^✗ artifact-digests +DIGEST_MISMATCH: outputs\/trained_model\.keras/m)
  })

  it.each([
    ['cannot tell without the model', [], 2, 'evidence-only'],
    ['passes without the model when evidence is enough', ['--evidence-only'], 0, 'evidence-only'],
    ['passes with the model from elsewhere', ['--file', 'release/outputs/trained_model.keras'], 0, 'pass'],
    ['fails with another file', ['--file', 'release/aibom.sig'], 1, 'fail'],
    ['could not tell from a file that is not there', ['--file', 'nowhere'], 2, undefined],
  ] as const)('%s, of a bundle', async (_name, flags, exitCode, verdict) => {
    const ended = await place.run('verify', 'release.aibundle', '--json', ...flags)
    expect(ended.exitCode).toBe(exitCode)
    expect(JSON.parse(ended.stdout).verdict).toBe(verdict)
  })

  it('could not tell of a path where nothing is', async () => {
    expect(await place.run('verify', 'nowhere')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error FILE_UNREADABLE: /),
    })
  })
})

describe('verify-file', () => {
  it('says which artifact a file is, whatever it is called', async () => {
    await cp(join(release, 'outputs/metrics.json'), join(place.directory, 'numbers'))
    const ended = await place.run('verify-file', 'numbers', '--release', 'release.aibundle', '--json')
    expect(ended.exitCode).toBe(0)
    expect(JSON.parse(ended.stdout).artifacts).toEqual(['outputs/metrics.json'])
  })

  it('fails for a file of which the evidence does not speak', async () => {
    const ended = await place.run('verify-file', join(wine, 'README.md'), '--release', release)
    expect(ended.exitCode).toBe(1)
    expect(ended.stdout).toMatch(/DIGEST_MISMATCH: README\.md/)
  })
})

describe('bom', () => {
  it('shows what an AIBoM says', async () => {
    const { stdout } = await place.run('bom', 'show', join(release, 'aibom.json'))
    expect(stdout).toMatch(/^model +wine sha256:[0-9a-f]{64}, .*Apache-2\.0$/m)
    expect(stdout).toMatch(/^parameters .*epochs 2, .*seed 7/m)
  })

  it('validates and verifies it', async () => {
    const bom = join(release, 'aibom.json')
    expect((await place.run('bom', 'validate', bom)).exitCode).toBe(0)
    expect((await place.run('bom', 'verify', bom, '--sig', join(release, 'aibom.sig'))).exitCode).toBe(0)
    await writeFile(join(place.directory, 'bom.json'), (await readFile(bom, 'utf8')).replace('"wine"', '"beer"'))
    const changed = await place.run('bom', 'verify', 'bom.json')
    expect(changed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error SIGNATURE_INVALID: /) })
  })
})

describe('bom lint', () => {
  it('finds nothing in an AIBoM of ours', async () => {
    const { stdout, exitCode } = await place.run('bom', 'lint', join(release, 'aibom.json'), '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual([{ file: join(release, 'aibom.json'), valid: true, problems: [] }])
  })

  it.each([
    ['lets warnings pass', '', 0, /^✓ .*\n {2}warning serial-number-missing: \/serialNumber: /],
    ['fails on errors', ', "dependencies": [{"ref": "x"}]', 1, /^✗ .*[^]*^ {2}error bom-ref-dangling: /m],
  ])('%s', async (_, members, exitCode, told) => {
    await writeFile(join(place.directory, 'poor.json'), `{"bomFormat": "CycloneDX", "specVersion": "1.6"${members}}`)
    const ended = await place.run('bom', 'lint', 'poor.json')
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.stdout).toMatch(told)
  })
})

describe('other tools', () => {
  it.skipIf(!hasOpenssl)('openssl verifies aibom.sig (skipped where openssl is not installed)', async () => {
    await place.run('keys', 'export', '--role', 'issuer', '--out', 'issuer.pem')
    const files = ['-inkey', join(place.directory, 'issuer.pem'), '-in', join(release, 'aibom.json')]
    const signature = ['-sigfile', join(release, 'aibom.sig')]
    const { stdout } = await execute('openssl', ['pkeyutl', '-verify', '-pubin', '-rawin', ...files, ...signature])
    expect(stdout).toContain('Signature Verified Successfully')
  })

  it.skipIf(!hasInToto)('in-toto-verify passes layout and links (skipped where in-toto is not installed)', async () => {
    await place.run('keys', 'export', '--role', 'owner', '--format', 'securesystemslib', '--out', 'owner.json')
    const links = join(place.directory, 'links')
    await mkdir(links)
    for (const name of await readdir(release)) {
      if (name.endsWith('.link')) await cp(join(release, name), join(links, name))
    }
    const argv = ['-t', 'ed25519', '-k', join(place.directory, 'owner.json'), '-l', join(release, 'layout.json')]
    await expect(execute('in-toto-verify', argv, { cwd: links })).resolves.toBeDefined()
    const run = (await readdir(links)).find((name) => name.startsWith('run_training')) ?? ''
    await rename(join(links, run), join(links, 'gone'))
    await expect(execute('in-toto-verify', argv, { cwd: links })).rejects.toMatchObject({ code: 1 })
  })
})
