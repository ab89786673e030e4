/** Whatever is wrong with what comes in: one line with a code, the right exit code, and nothing left behind. @module */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wine, wineFlags, type Place } from './run-cli.ts'
import { storedZip } from './stored-zip.ts'

let place: Place
beforeAll(async () => {
  place = await createPlace()
  const [model, csv, definition] = await Promise.all([
    readFile(join(wine, 'model.keras')),
    readFile(join(wine, 'dataset.csv'), 'utf8'),
    readFile(join(wine, 'definition.yaml'), 'utf8'),
  ])
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'good.keras': model,
    'truncated.keras': model.subarray(0, 5000),
    'lambda.keras': storedZip({
      'config.json': JSON.stringify(lambdaModel),
      'metadata.json': '{"keras_version": "3.15.1"}',
      'model.weights.h5': 'none',
    }),
    'legacy.h5': model,
    'good.csv': csv,
    'missing-column.csv': csv.replaceAll(/,[^,\n]*$/gm, ''),
    'non-number.csv': csv.replace('\n12.29,', '\nplenty,'),
    'empty.csv': '',
    'good.yaml': definition,
    'unknown-key.yaml': `${definition}colour: red\n`,
    'wrong-shape.yaml': definition.replace('[13]', '[12]'),
    'no-yaml.yaml': 'a: [',
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(place.directory, name), content)
})
afterAll(() => place[Symbol.asyncDispose]())

const lambdaModel = {
  module: 'keras',
  class_name: 'Sequential',
  config: {
    name: 'sequential',
    layers: [
      { module: 'keras.layers', class_name: 'InputLayer', config: { batch_shape: [null, 13], name: 'in' } },
      { module: 'keras.layers', class_name: 'Lambda', config: { name: 'evil', function: {} } },
    ],
  },
  compile_config: { optimizer: 'adam', loss: 'mse', metrics: [] },
}

/** [what is wrong, model, data set, definition, further flags, code, exit code] */
const trainings = [
  ['a Lambda layer', 'lambda.keras', 'good.csv', 'good.yaml', [], 'MODEL_UNSUPPORTED', 3],
  ['a truncated model', 'truncated.keras', 'good.csv', 'good.yaml', [], 'MODEL_INVALID', 3],
  ['a model that can run code', 'legacy.h5', 'good.csv', 'good.yaml', [], 'FORMAT_UNSUPPORTED', 2],
  ['no model', 'nothing.keras', 'good.csv', 'good.yaml', [], 'FILE_UNREADABLE', 2],
  ['a directory as data set', 'good.keras', '.', 'good.yaml', [], 'FILE_UNREADABLE', 2],
  ['a column that is missing', 'good.keras', 'missing-column.csv', 'good.yaml', [], 'DATASET_INVALID', 3],
  ['text among numbers', 'good.keras', 'non-number.csv', 'good.yaml', [], 'DATASET_INVALID', 3],
  ['an empty data set', 'good.keras', 'empty.csv', 'good.yaml', [], 'DATASET_INVALID', 3],
  ['an unknown key', 'good.keras', 'good.csv', 'unknown-key.yaml', [], 'DEFINITION_INVALID', 2],
  ['a wrong shape', 'good.keras', 'good.csv', 'wrong-shape.yaml', [], 'SHAPE_MISMATCH', 3],
  ['a definition that is no YAML', 'good.keras', 'good.csv', 'no-yaml.yaml', [], 'DEFINITION_INVALID', 2],
  ['no epochs', 'good.keras', 'good.csv', 'good.yaml', ['--epochs', '0'], 'PARAMETER_INVALID', 2],
  ['epochs that are no number', 'good.keras', 'good.csv', 'good.yaml', ['--epochs', 'ten'], 'PARAMETER_INVALID', 2],
  ['an option without a value', 'good.keras', 'good.csv', 'good.yaml', ['--epochs'], 'USAGE', 2],
  ['an unknown option', 'good.keras', 'good.csv', 'good.yaml', ['--epoch', '3'], 'USAGE', 2],
  ['a size that is none', 'good.keras', 'good.csv', 'good.yaml', ['--max-memory', 'much'], 'USAGE', 2],
  [
    'more isolation than there is',
    'good.keras',
    'good.csv',
    'good.yaml',
    ['--require-isolation', 'container'],
    'ISOLATION_UNAVAILABLE',
    3,
  ],
  ['an output that holds something', 'good.keras', 'good.csv', 'good.yaml', ['--out', '.'], 'OUTPUT_EXISTS', 2],
  ['a bundle that is there', 'good.keras', 'good.csv', 'good.yaml', ['--bundle', 'good.csv'], 'OUTPUT_EXISTS', 2],
  [
    'less time than it takes',
    'good.keras',
    'good.csv',
    'good.yaml',
    ['--epochs', '100000', '--max-seconds', '2'],
    'LIMIT_REACHED',
    3,
  ],
] as const

describe('train', () => {
  it.each(trainings)('refuses %s', async (_reason, model, dataset, definition, flags, code, exitCode) => {
    const before = await readdir(place.directory)
    const files = ['--model', model, '--dataset', dataset, '--definition', definition]
    const ended = await place.run('train', ...files, ...flags)
    expect(errorLines(ended.stderr)).toEqual([expect.stringMatching(new RegExp(`^error ${code}: .+`))])
    expect(ended).toMatchObject({ exitCode, stdout: '' })
    expect((await readdir(place.directory)).filter((name) => !before.includes(name) && name !== 'home')).toEqual([])
  })

  it.each([
    ['an image that has but a tag', { AIBOMGEN_CONTAINER_IMAGE: 'node:24' }, 'USAGE', /by its digest.*"node:24"/],
    ['a number of processors that is none', { AIBOMGEN_CONTAINER_CPUS: 'all' }, 'USAGE', /above 0, .*"all"/],
    ['containers without an image', { AIBOMGEN_ISOLATION: 'container' }, 'ISOLATION_UNAVAILABLE', /no image is config/],
    [
      'containers without an engine',
      {
        AIBOMGEN_ISOLATION: 'container',
        AIBOMGEN_CONTAINER_IMAGE: `node@sha256:${'0'.repeat(64)}`,
        AIBOMGEN_CONTAINER_ENGINE: '/no/engine',
      },
      'ISOLATION_UNAVAILABLE',
      /there is no such program/,
    ],
  ])('refuses %s', async (_reason, environment, code, message) => {
    await using other = await createPlace({ ...environment })
    const { stderr } = await other.run('train', ...wineFlags)
    expect(errorLines(stderr)).toEqual([expect.stringMatching(new RegExp(`^error ${code}: `))])
    expect(stderr).toMatch(message)
  })

  it('keeps the log of a run that failed, and says where', async () => {
    const files = ['--model', 'good.keras', '--dataset', 'non-number.csv', '--definition', 'good.yaml']
    const { stderr } = await place.run('train', ...files)
    const path = /\(logs kept in (.+)\)$/m.exec(stderr)?.[1] ?? ''
    expect(path).toMatch(/failed\/[0-9a-f-]{36}\/logs\.txt$/)
    expect(await readFile(path, 'utf8')).toContain('plenty')
  })

  it('says a failure as JSON too, when asked for JSON', async () => {
    const files = ['--model', 'good.keras', '--dataset', 'good.csv', '--definition', 'good.yaml']
    const { stdout } = await place.run('train', ...files, '--epochs', '0', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'PARAMETER_INVALID', detail: { problems: [{ path: 'epochs', got: '0' }] } },
    })
  })
})

/** [what is wrong, argv, code, exit code] */
const others = [
  ['an unknown command', ['frobnicate'], 'USAGE', 2],
  ['a trust root that is none', ['verify', '.', '--trust', 'good.yaml'], 'JSON_INVALID', 2],
  ['no trust root', ['verify', 'good.csv'], 'TRUST_ROOT_MISSING', 2],
  ['no trust root for a file', ['verify-file', 'good.csv', '--release', '.'], 'TRUST_ROOT_MISSING', 2],
  ['a BOM that is none', ['bom', 'show', 'good.keras'], 'JSON_INVALID', 2],
  ['an example that is not there', ['example', 'flowers', 'new'], 'USAGE', 2],
  ['an example into a directory that holds something', ['example', 'wine', '.'], 'OUTPUT_EXISTS', 2],
  ['a role that nobody has', ['keys', 'rotate', '--role', 'king'], 'USAGE', 2],
  ['keys of an empty home', ['keys', 'list'], 'TRUST_ROOT_MISSING', 2],
  ['a first trust root that nobody vouches for', ['trust', 'update', 'trust.json'], 'FILE_UNREADABLE', 2],
] as const

describe('every other command', () => {
  it.each(others)('refuses %s', async (_reason, argv, code, exitCode) => {
    await using empty = await createPlace()
    await writeFile(join(empty.directory, 'good.csv'), 'a,b\n')
    await writeFile(join(empty.directory, 'good.keras'), 'PK')
    await writeFile(join(empty.directory, 'good.yaml'), 'a: b\n')
    const before = await readdir(empty.directory)
    const ended = await empty.run(...argv)
    expect(errorLines(ended.stderr)).toEqual([expect.stringMatching(new RegExp(`^error ${code}: .+`))])
    expect(ended.exitCode).toBe(exitCode)
    expect(await readdir(empty.directory)).toEqual(before)
  })

  it('exits with 78 for a home without the keys that are needed', async () => {
    await using verifier = await createPlace()
    await place.run('init')
    await verifier.run('trust', 'update', '--first', join(place.home, 'trust-root.json'))
    const ended = await verifier.run('keys', 'rotate', '--role', 'worker')
    expect(ended.stderr).toMatch(/^error HOME_INCOMPLETE: /)
    expect(ended.exitCode).toBe(78)
  })

  it('refuses a home that is a file', async () => {
    await using other = await createPlace()
    await writeFile(other.home, 'a file')
    const ended = await other.run('init')
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^error OUTPUT_UNWRITABLE: .+\n$/) })
  })

  it('prints a stack trace with --debug alone', async () => {
    const quiet = await place.run('bom', 'show', 'good.csv')
    const loud = await place.run('bom', 'show', 'good.csv', '--debug')
    expect(quiet.stderr.split('\n')).toHaveLength(2)
    expect(loud.stderr).toMatch(/^ParseError: .+\n +at /)
  })
})

/** Without the remarks on progress and on a home that was made. */
function errorLines(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !/^(epoch |made keys)/.test(line))
}
