/** A release from an archive of images, and what can be proved of it afterwards. @module */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wine, wineFlags, type Place } from './run-cli.ts'

type LooseEntry = Readonly<Record<string, unknown>>

let place: Place
let trained: { stdout: string; stderr: string; exitCode: number | null }
const at = (name: string): string => join(place.directory, name)

beforeAll(async () => {
  place = await createPlace()
  await place.run('example', 'digits', at('digits'))
  trained = await place.run(
    ...['train', '--model', at('digits/model.keras'), '--dataset', at('digits/dataset.zip')],
    ...['--definition', at('digits/definition.yaml'), '--epochs', '1', '--seed', '7'],
    ...['--out', at('release'), '--bundle', at('release.aibundle'), '--json'],
  )
}, 120_000)
afterAll(() => place[Symbol.asyncDispose]())

describe('a release from images', () => {
  it('verifies, and lints without a finding', async () => {
    expect(trained).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error') })
    expect(JSON.parse(trained.stdout)).toMatchObject({ verdict: 'pass' })
    const verified = await place.run('verify', at('release'))
    expect(verified.stdout).toContain('bom-lint           no error, 0 warnings')
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('pass: 11 of 11 checks passed') })
  })

  it('says in its AIBoM what the data set holds', async () => {
    const bom = JSON.parse(await readFile(at('release/aibom.json'), 'utf8'))
    const manifest = JSON.parse(await readFile(at('release/outputs/dataset-manifest.json'), 'utf8'))
    const text = JSON.stringify(bom.components.find((entry: LooseEntry) => entry['bom-ref'] === 'input:dataset'))
    expect(Object.keys(manifest.files)).toHaveLength(800)
    expect(text).toContain(manifest.merkle.root)
    expect(text).toContain('aibomgen:dataset:channels')
  })
})

describe('dataset prove and check', () => {
  const entry = '3/0003.png'
  const prove = (...more: string[]): ReturnType<Place['run']> =>
    place.run('dataset', 'prove', entry, '--release', at('release'), ...more)

  beforeAll(async () => {
    await prove('--dataset', at('digits/dataset.zip'), '--out', at('proof.json'))
  }, 60_000)

  it.each(['release', 'release.aibundle'])('prove a file against a %s', async (release) => {
    const checked = await place.run('dataset', 'check', at('proof.json'), '--release', at(release))
    expect(checked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`file ${entry} was in the data set`) })
  })

  it('print the proof where no file is named', async () => {
    expect((await prove()).stdout).toBe(await readFile(at('proof.json'), 'utf8'))
  })

  it.each<[string, string, (text: string) => string]>([
    ['another digest', 'EVIDENCE_MISMATCH', (text) => text.replace(/"sha256":"./, '"sha256":"0')],
    ['another name', 'EVIDENCE_MISMATCH', (text) => text.replace('0003.png', '0004.png')],
    ['another place', 'EVIDENCE_MISMATCH', (text) => text.replace(/"index":\d+/, '"index":1')],
    ['another root', 'EVIDENCE_MISMATCH', (text) => text.replace(/"root":"[^"]*"/, `"root":"${'0'.repeat(64)}"`)],
  ])('refuse a proof with %s', async (_what, code, change) => {
    const proof = await readFile(at('proof.json'), 'utf8')
    await writeFile(at('changed.json'), change(proof))
    expect(change(proof)).not.toBe(proof)
    const checked = await place.run('dataset', 'check', at('changed.json'), '--release', at('release'))
    expect(checked).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(code) })
  })

  it('could not tell of a proof that is none', async () => {
    await writeFile(at('none.json'), '{}')
    const checked = await place.run('dataset', 'check', at('none.json'), '--release', at('release'))
    expect(checked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('DOCUMENT_INVALID') })
  })

  it('refuse a file that is not the one, an entry that is not there, and another data set', async () => {
    const wrongFile = ['--release', at('release'), '--file', at('digits/model.keras')]
    const results = [
      await place.run('dataset', 'check', at('proof.json'), ...wrongFile),
      await place.run('dataset', 'prove', '3/none.png', '--release', at('release')),
      await prove('--dataset', at('digits/model.keras')),
    ]
    expect(results.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1])
    const codes = results.map(({ stderr }) => /error ([A-Z_]+)/.exec(stderr)?.[1])
    expect(codes).toEqual(['DIGEST_MISMATCH', 'EVIDENCE_MISMATCH', 'DIGEST_MISMATCH'])
  })

  it('say that a release fails, and nothing else of it', async () => {
    const manifest = await readFile(at('release/outputs/dataset-manifest.json'), 'utf8')
    const aibom = await readFile(at('release/aibom.json'), 'utf8')
    await writeFile(at('release/aibom.json'), aibom.replace('"specVersion": "1.6"', '"specVersion": "1.5"'))
    const checked = await place.run('dataset', 'check', at('proof.json'), '--release', at('release'))
    await writeFile(at('release/aibom.json'), aibom)
    expect(checked).toMatchObject({ exitCode: 1, stdout: expect.not.stringContaining('was in the data set') })
    expect(manifest).toContain(entry)
  })
})

describe('dataset prove --row', () => {
  const dataset = join(wine, 'dataset.csv')
  const check = (...more: string[]): ReturnType<Place['run']> =>
    place.run('dataset', 'check', at('row.json'), '--release', at('wine'), ...more)
  let row17 = ''
  beforeAll(async () => {
    row17 = (await readFile(dataset, 'utf8')).split('\n')[17] ?? ''
    await place.run('train', ...wineFlags, '--epochs', '1', '--out', at('wine'))
    await place.run(
      ...['dataset', 'prove', '--row', '17', '--release', at('wine'), '--dataset', dataset],
      ...['--out', at('row.json')],
    )
  }, 180_000)

  it('proves a row of a CSV file, and its text', async () => {
    expect(JSON.parse(await readFile(at('row.json'), 'utf8'))).toMatchObject({ row: { row: 17, record: row17 } })
    await writeFile(at('row.txt'), `${row17}\n`)
    expect(await check('--file', at('row.txt'))).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('row 17 was in the data set'),
    })
  })

  it('refuses another row', async () => {
    await writeFile(at('other.txt'), `${row17}0\n`)
    expect((await check('--file', at('other.txt'))).exitCode).toBe(1)
  })

  it('refuses a proof of another text', async () => {
    const changed = (await readFile(at('row.json'), 'utf8')).replace('"record":"', '"record":"9')
    await writeFile(at('changed.json'), changed)
    expect((await place.run('dataset', 'check', at('changed.json'), '--release', at('wine'))).exitCode).toBe(1)
  })
})

describe('an archive that is none', () => {
  it('fails the job with one line that names what is wrong, and where', async () => {
    await writeFile(at('broken.zip'), (await readFile(at('digits/dataset.zip'))).subarray(0, 100_000))
    const broken = await place.run(
      ...['train', '--model', at('digits/model.keras'), '--dataset', at('broken.zip')],
      ...['--definition', at('digits/definition.yaml'), '--out', at('never')],
    )
    expect(broken).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('DATASET_INVALID') })
  })
})
