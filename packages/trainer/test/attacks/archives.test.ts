/** Archives that lie, burst or reach out: each is stopped with its code, and nothing of it is written. @module */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ParseError, TrainingError, type SdkError } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openImageArchive } from '../../src/datasets/image-archive.ts'
import { prepareDataset } from '../../src/datasets/prepare-dataset.ts'
import { createRandom } from '../../src/random.ts'
import { buildZip, zip64Extra, type ZipEnd, type ZipEntry } from '../zip-builder.ts'

const png = await readFile(join(import.meta.dirname, '../vectors/images/rgb.png'))
const MIB = 1024 ** 2

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-archive-'))
})
afterAll(() => rm(directory, { recursive: true }))

const cat: ZipEntry = { name: 'cat/1.png', content: png, stored: true }
const dog: ZipEntry = { name: 'dog/1.png', content: png }
const evil = (entry: Partial<ZipEntry>): readonly ZipEntry[] => [cat, { ...dog, ...entry }]

it('an honest archive is read, however it was written', async () => {
  for (const bytes of [
    buildZip([cat, dog]),
    buildZip([cat, dog], { zip64: {} }),
    buildZip([cat, { ...dog, descriptor: {} }]),
    buildZip([cat, { ...dog, central: { size: 0xffffffff, extra: zip64Extra(png.length) } }]),
    buildZip([{ name: 'cat/' }, cat, dog, { name: '__MACOSX/cat/._1.png', content: 'x' }, { name: 'Thumbs.db' }]),
  ]) {
    const { files, contents } = await open(bytes)
    expect(files).toEqual(['cat/1.png', 'dog/1.png'])
    for (const content of contents) expect(Buffer.from(content).equals(png)).toBe(true)
  }
})

describe('bombs', () => {
  it.each<[string, readonly ZipEntry[], ZipEnd, string]>([
    [
      'that announce a terabyte',
      evil({ central: { size: 0xffffffff, extra: zip64Extra(2 ** 40) } }),
      {},
      'LIMIT_EXCEEDED',
    ],
    ['of one file past its limit', evil({ central: { size: 65 * MIB } }), {}, 'LIMIT_EXCEEDED'],
    ['that unpack to a thousand times their size', evil({ content: Buffer.alloc(16 * MIB) }), {}, 'LIMIT_EXCEEDED'],
    [
      'that unpack to more than they announce',
      evil({ content: Buffer.alloc(60 * MIB), central: { size: 1000 }, local: { size: 1000 } }),
      {},
      'DATASET_INVALID',
    ],
    [
      'that unpack to less than they announce',
      evil({ central: { size: 9999 }, local: { size: 9999 } }),
      {},
      'DATASET_INVALID',
    ],
    ['of a million entries, announced', [cat, dog], { zip64: { count: 1_000_000 } }, 'LIMIT_EXCEEDED'],
    ['of 2^60 entries', [cat, dog], { zip64: { count: 2 ** 60 } }, 'DATASET_INVALID'],
    [
      'whose many files are too much together',
      Array.from({ length: 1100 }, (_, index) => ({
        name: `cat/${index}.png`,
        content: 'x',
        central: { size: 60 * MIB, packed: MIB },
      })),
      {},
      'LIMIT_EXCEEDED',
    ],
    ['of files that are one file', [cat, { ...dog, central: { offset: 0 } }], {}, 'DATASET_INVALID'],
    [
      'of files that overlap',
      [cat, dog, { ...dog, name: 'dog/2.png', central: { offset: 40 } }],
      {},
      'DATASET_INVALID',
    ],
  ])('%s', async (_what, entries, end, code) => {
    await refused(buildZip(entries, end), code)
  })

  it('of pixels are refused by the header of the image', async () => {
    const bomb = Uint8Array.from(png)
    new DataView(bomb.buffer).setUint32(16, 60_000)
    new DataView(bomb.buffer).setUint32(20, 60_000)
    const error = await failureOfPreparing(buildZip([cat, { ...dog, content: bomb }]))
    expect(['LIMIT_EXCEEDED', 'DATASET_INVALID']).toContain(error.code)
    expect(error.message).toContain('dog/1.png')
  })
})

describe('names', () => {
  it.each([
    '../dog/1.png',
    'dog/../../1.png',
    '/dog/1.png',
    'C:/dog/1.png',
    'c:dog.png',
    'dog\\1.png',
    '..\\dog\\1.png',
    'dog//1.png',
    './dog/1.png',
    'dog/./1.png',
    'dog/\u00001.png',
    'dog/\n1.png',
    '',
    `${'a/'.repeat(20)}1.png`,
    `dog/${'x'.repeat(2000)}.png`,
  ])('that lead elsewhere are refused: %j', async (name) => {
    await refused(buildZip(evil({ name })), 'DATASET_INVALID')
  })

  it.each([
    ['twice', 'cat/1.png'],
    ['by case', 'CAT/1.png'],
    ['by case of the end', 'cat/1.PNG'],
    ['as a directory', 'cat/1.png/'],
  ])('that are the same %s are refused', async (_how, name) => {
    await refused(buildZip([cat, dog, { name }]), 'DATASET_INVALID')
  })

  it('that are the same by composition are refused', async () => {
    await refused(
      buildZip([cat, { ...dog, name: 'dog/\u00e9.png' }, { ...dog, name: 'dog/e\u0301.png' }]),
      'DATASET_INVALID',
    )
  })

  it('that are no UTF-8 are refused', async () => {
    await refused(buildZip(evil({ name: Uint8Array.of(0x64, 0x2f, 0xff, 0x2e) })), 'DATASET_INVALID')
  })
})

describe('entries', () => {
  it.each<[string, Partial<ZipEntry>]>([
    ['symbolic links', { central: { mode: 0o120777 } }],
    ['devices', { central: { mode: 0o020666 } }],
    ['pipes', { central: { mode: 0o010666 } }],
    ['encrypted ones', { central: { flags: 1 }, local: { flags: 1 } }],
    ['ones of another compression', { central: { method: 12 }, local: { method: 12 } }],
    ['ones whose header has another name', { local: { name: 'dog/2.png' } }],
    ['ones whose header has another size', { local: { size: 5 } }],
    ['ones whose header is encrypted', { local: { flags: 1 } }],
    ['ones whose descriptor lies', { descriptor: { size: 5 } }],
    ['ones whose checksum is wrong', { central: { crc: 1 }, local: { crc: 1 } }],
    ['ones with something behind their content', { trailing: Uint8Array.of(1, 2, 3) }],
    ['ones with a ZIP64 size that is nowhere', { central: { size: 0xffffffff } }],
    [
      'ones with half a ZIP64 size',
      { central: { size: 0xffffffff, packed: 0xffffffff, extra: zip64Extra(png.length) } },
    ],
    ['ones that reach into the directory', { central: { packed: 5000 } }],
    ['stored ones of two sizes', { stored: true, central: { packed: 10 } }],
    ['directories with content', { name: 'dog/' }],
    ['archives in the archive, unopened', { name: 'dog/1.zip', content: buildZip([cat, dog]) }],
    ['programs', { name: 'dog/1.py', content: 'print(1)' }],
  ])('%s are refused', async (_what, entry) => {
    await refused(buildZip(evil(entry)), 'DATASET_INVALID')
  })
})

describe('directories', () => {
  it.each<[string, Uint8Array]>([
    ['a directory that announces fewer entries', buildZip([cat, dog], { count: 1 })],
    ['a directory that announces more entries', buildZip([cat, dog], { count: 3 })],
    ['a ZIP64 record that lies elsewhere', buildZip([cat, dog], { zip64: { offset: 7 } })],
    ['a ZIP64 record of another size', buildZip([cat, dog], { zip64: { size: 7 } })],
    ['an empty file', new Uint8Array()],
    ['a file that is no archive', Buffer.from('alcohol,label\n1,2\n')],
    ['an empty archive', buildZip([])],
    ['one folder', buildZip([cat, { ...dog, name: 'cat/2.png' }])],
    ['a file outside the folders', buildZip([cat, dog, { ...dog, name: '3.png' }])],
    ['an empty folder', buildZip([cat, dog, { name: 'mouse/' }])],
    ['folders that differ by case', buildZip([cat, { ...dog, name: 'CAT/2.png' }])],
  ])('%s is refused', async (_what, bytes) => {
    await refused(bytes, 'DATASET_INVALID')
  })

  it('cut anywhere, or with any byte changed, give an archive or one clear error', async () => {
    const bytes = buildZip([cat, { ...dog, descriptor: {} }], { zip64: {} })
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, value, cut) => {
        const changed = cut ? bytes.slice(0, at) : Uint8Array.from(bytes)
        if (!cut) changed[at] = value
        const outcome = await open(changed).catch((error: unknown) => error)
        expect(outcome).toSatisfy(
          (result) => !(result instanceof Error) || result instanceof TrainingError || result instanceof ParseError,
        )
      }),
      { numRuns: 300 },
    )
  })
})

it('a folder around all is passed over, and classes are sorted by code unit', async () => {
  const wrapped = ['b', 'a', 'Z', 'ä'].map((name) => ({ ...dog, name: `data/${name}/1.png` }))
  const { classes } = await open(buildZip([{ name: 'data/' }, ...wrapped]))
  expect(classes).toEqual(['Z', 'a', 'b', 'ä'])
})

async function open(
  bytes: Uint8Array,
): Promise<{ readonly files: string[]; readonly classes: readonly string[]; readonly contents: Uint8Array[] }> {
  const path = join(directory, 'dataset')
  await writeFile(path, bytes)
  using archive = openImageArchive(path)
  return {
    files: archive.files.map(({ name }) => name),
    classes: archive.classes,
    contents: archive.files.map((file) => file.read()),
  }
}

async function refused(bytes: Uint8Array, code: string): Promise<void> {
  const before = await readdir(directory)
  const error = await open(bytes).then(
    () => expect.fail('it was taken'),
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code })
  expect([TrainingError.name, ParseError.name]).toContain((error as Error).constructor.name)
  // Nothing is written by a name of the archive's.
  expect((await readdir(directory)).filter((name) => !before.includes(name) && name !== 'dataset')).toEqual([])
}

async function failureOfPreparing(bytes: Uint8Array): Promise<SdkError> {
  const path = join(directory, 'dataset')
  const scratch = await mkdtemp(join(directory, 'scratch-'))
  await writeFile(path, bytes)
  const preparing = prepareDataset(
    { dataset: path, scratch },
    {
      type: 'image',
      imageSize: [8, 8],
      colorMode: 'rgb',
      inputShape: [8, 8, 3],
      outputShape: [2],
      preprocessing: {},
    },
    {
      inputs: [{ name: 'input', shape: [8, 8, 3] }],
      outputs: [{ name: 'output', shape: [2], labelKind: 'sparse' }],
      validationSplit: 0,
      shuffle: false,
      random: createRandom(1),
      signal: new AbortController().signal,
    },
  )
  return preparing.then(
    () => expect.fail('it was taken'),
    (thrown: unknown) => thrown as SdkError,
  )
}
