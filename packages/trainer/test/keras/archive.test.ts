import { execFileSync } from 'node:child_process'

import {
  canonicalizeJson,
  ParseError,
  sha256Hex,
  TrainingError,
  utf8Decode,
  utf8Encode,
  type JsonValue,
} from '@aibomgen/core'
import fc from 'fast-check'
import { File, ready } from 'h5wasm'
import { describe, expect, it } from 'vitest'

import { readKerasArchive, writeKerasArchive } from '../../src/keras/archive.ts'
import { createKerasModel } from '../../src/keras/create-model.ts'
import { writeHdf5 } from '../../src/keras/hdf5-writer.ts'
import { loadKerasModel, writeKerasModel } from '../../src/keras/load-model.ts'
import { readZip, writeZip } from '../../src/keras/zip-archive.ts'

const archive = createKerasModel({
  name: 'small',
  input: [3],
  layers: [
    { type: 'Dense', units: 4, activation: 'relu' },
    { type: 'Dense', units: 1 },
  ],
  compile: { optimizer: { type: 'Adam' }, loss: 'mean_squared_error' },
  seed: 1,
})
const parts = readKerasArchive(archive)

/** The archive with another config.json. */
function withConfig(change: (text: string) => string): Uint8Array {
  const config = utf8Encode(change(utf8Decode(parts.configBytes)))
  return writeZip([
    ['config.json', config],
    ['metadata.json', canonicalizeJson({ keras_version: '3.15.1' })],
    ['model.weights.h5', parts.weights],
  ])
}

function zeros(shape: readonly number[]): Float32Array {
  return new Float32Array(shape.reduce((size, dimension) => size * dimension, 1))
}

const asLayer = (object: JsonValue) => (text: string) =>
  text.replace('{"class_name":"Dense"', `${utf8Decode(canonicalizeJson(object))},{"class_name":"Dense"`)
const edit = (from: string, to: string) => (text: string) => {
  expect(text).toContain(from)
  return text.replace(from, to)
}

describe('reading', () => {
  it.each([
    ['an HDF5 file', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10)],
    ['a pickle', Uint8Array.of(0x80, 4, 0x95, 0)],
    ['an empty file', new Uint8Array(0)],
  ])('refuses %s, and says to save as .keras', (_name, bytes) => {
    expect(() => readKerasArchive(bytes)).toThrow(expect.objectContaining({ code: 'FORMAT_UNSUPPORTED' }))
    expect(() => readKerasArchive(bytes)).toThrow(ParseError)
  })

  it.each([
    ['a missing file', writeZip([['config.json', parts.configBytes]])],
    ['a file that has no place there', writeZip([['assets/vocabulary.txt', new Uint8Array(1)]])],
    [
      'an entry twice',
      writeZip([
        ['config.json', parts.configBytes],
        ['config.json', parts.configBytes],
      ]),
    ],
    [
      'another major version',
      writeZip([
        ['config.json', parts.configBytes],
        ['metadata.json', utf8Encode('{"keras_version":"2.9"}')],
        ['model.weights.h5', parts.weights],
      ]),
    ],
  ])('refuses %s', (_name, bytes) => {
    expect(() => readKerasArchive(bytes)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  })

  it('refuses every truncation', async () => {
    for (let length = 4; length < archive.length; length += 97) {
      await expect(loadKerasModel(archive.subarray(0, length))).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    }
  })

  it('notices a changed byte of the weights', () => {
    const changed = Uint8Array.from(archive)
    changed[archive.length >> 1] = (changed[archive.length >> 1] ?? 0) ^ 1
    expect(() => readKerasArchive(changed)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  })

  it('throws nothing but its own errors, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const zip = Uint8Array.of(0x50, 0x4b, 3, 4, ...bytes)
        try {
          readZip(zip, { a: 10 })
        } catch (error) {
          expect(error).toBeInstanceOf(TrainingError)
        }
      }),
    )
  })
})

describe('the allow-list', () => {
  const lambda = { class_name: 'Lambda', module: 'keras.layers', registered_name: null, config: { name: 'evil' } }
  const custom = { ...lambda, class_name: 'Mine', module: null, registered_name: 'pkg>Mine' }

  it.each([
    ['a Lambda layer', asLayer(lambda), { kind: 'layer', name: 'Lambda', where: 'layer "evil" (Lambda)' }],
    ['a custom class', asLayer(custom), { kind: 'custom object', name: 'Mine' }],
    ['a foreign module', edit('"module":"keras.layers"', '"module":"os"'), { kind: 'custom object' }],
    ['a registered name', edit('"registered_name":null}', '"registered_name":"x>Dense"}'), { kind: 'custom object' }],
    ['another optimizer', edit('"Adam"', '"MultiOptimizer"'), { kind: 'optimizer', name: 'MultiOptimizer' }],
    ['another loss', edit('"mean_squared_error"', '"ctc"'), { kind: 'loss', name: 'ctc' }],
    ['another metric', edit('"metrics":[]', '"metrics":["mean"]'), { kind: 'metric', name: 'mean' }],
    ['another activation', edit('"relu"', '"glu"'), { kind: 'activation', name: 'glu' }],
    [
      'a layer as activation',
      edit('"relu"', '{"class_name":"LeakyReLU","config":{},"module":"keras.layers"}'),
      { name: 'LeakyReLU' },
    ],
    [
      'a constraint',
      edit('"units":4', '"units":4,"kernel_constraint":"max_norm"'),
      { kind: 'constraint', name: 'max_norm' },
    ],
    ['mixed precision', edit('"dtype":"float32"', '"dtype":"mixed_float16"'), { kind: 'dtype policy' }],
    ['an option nobody knows', edit('"learning_rate"', '"lookahead":true,"learning_rate"'), { name: 'lookahead' }],
    ['two losses for one output', edit('"mean_squared_error"', '["mse","mae"]'), { name: '2 losses' }],
  ])('refuses %s by name', async (_name, change, detail) => {
    const refusal = expect.objectContaining({ code: 'MODEL_UNSUPPORTED', detail: expect.objectContaining(detail) })
    await expect(loadKerasModel(withConfig(change))).rejects.toEqual(refusal)
  })

  it('takes the size of an open axis from the shape that is given, and refuses without one', async () => {
    const open = withConfig(edit('"batch_shape":[null,3]', '"batch_shape":[null,null]'))
    const { inputs } = await loadKerasModel(archive)
    const name = inputs[0]?.name ?? ''
    expect((await loadKerasModel(open, [{ shape: [3] }])).inputs).toEqual(inputs)
    expect(
      (
        await loadKerasModel(open, [
          { name: 'other', shape: [9] },
          { name, shape: [3] },
        ])
      ).inputs,
    ).toEqual(inputs)
    expect((await loadKerasModel(archive, [{ shape: [9] }])).inputs).toEqual(inputs)
    for (const given of [[], [{ shape: [1, 3] }]]) {
      await expect(loadKerasModel(open, given)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    }
    await expect(loadKerasModel(open, [{ shape: [4] }])).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })

  it('refuses a model that was not compiled', async () => {
    const bare = withConfig((text) => text.replace('"compile_config"', '"unused"'))
    await expect(loadKerasModel(bare)).rejects.toMatchObject({ code: 'MODEL_NOT_COMPILED' })
  })

  it('refuses weights of another shape', async () => {
    const wider = withConfig(edit('"units":4', '"units":5'))
    await expect(loadKerasModel(wider)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })
})

describe('the optimizer of a model that was trained before', () => {
  const shapes = [[3, 4], [4], [4, 1], [1]]
  const weights = ['dense/vars/0', 'dense/vars/1', 'dense_1/vars/0', 'dense_1/vars/1'].map((path, index) => ({
    path: `layers/${path}`,
    shape: shapes[index] ?? [],
    values: zeros(shapes[index] ?? []),
  }))
  const slots = shapes.flatMap((shape) => [shape, shape])

  function withOptimizer(slotShapes: readonly (readonly number[])[]): Uint8Array {
    const optimizer = [
      { path: 'optimizer/vars/0', shape: [], values: BigInt64Array.of(12n) },
      { path: 'optimizer/vars/1', shape: [], values: Float32Array.of(0.001) },
      ...slotShapes.map((shape, index) => ({
        path: `optimizer/vars/${index + 2}`,
        shape,
        values: zeros(shape).fill(index),
      })),
    ]
    return writeKerasArchive({ ...parts, weights: writeHdf5([...weights, ...optimizer]) })
  }

  it('is read: its steps, its rate, and the slots of each weight', async () => {
    const { optimizerState } = await loadKerasModel(withOptimizer(slots))
    expect(optimizerState?.steps).toBe(12)
    expect(optimizerState?.learningRate).toBe(Math.fround(0.001))
    expect(optimizerState?.slots.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('is passed over where it has another number of slots, as Keras does', async () => {
    expect((await loadKerasModel(withOptimizer([]))).optimizerState).toBeUndefined()
    expect((await loadKerasModel(archive)).optimizerState).toBeUndefined()
  })

  it('is refused where a slot has not the shape of its weight', async () => {
    const wrong = withOptimizer([...slots.slice(1), [7]])
    await expect(loadKerasModel(wrong)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })
})

describe('writing', () => {
  it('keeps config.json as it was', async () => {
    const written = writeKerasModel(await loadKerasModel(archive))
    expect(written).toEqual(archive)
    expect(readKerasArchive(written).configBytes).toEqual(parts.configBytes)
  })

  it('gives the same bytes in another time zone, at another time', () => {
    const script = `
      import { createKerasModel } from ${JSON.stringify(new URL('../../src/keras/create-model.ts', import.meta.url).pathname)}
      import { sha256Hex } from '@aibomgen/core'
      console.log(sha256Hex(createKerasModel({ name: 'small', input: [3], layers: [{ type: 'Dense', units: 4, activation: 'relu' },
        { type: 'Dense', units: 1 }], compile: { optimizer: { type: 'Adam' }, loss: 'mean_squared_error' }, seed: 1 })))`
    const digest = execFileSync(
      process.execPath,
      ['--conditions=@aibomgen/source', '--input-type=module', '-e', script],
      {
        env: { ...process.env, TZ: 'Asia/Kathmandu' },
        cwd: import.meta.dirname,
        encoding: 'utf8',
      },
    )
    expect(digest.trim()).toBe(sha256Hex(archive))
  })

  it('writes HDF5 that the HDF5 library reads back', async () => {
    const datasets = [
      { path: 'layers/dense/vars/0', shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 4, 5, 6) },
      { path: 'layers/normalization/vars/2', shape: [], values: BigInt64Array.of(-7n) },
      ...Array.from({ length: 40 }, (_, index) => ({
        path: `layers/many_${index}/vars/0`,
        shape: [1],
        values: Int32Array.of(index),
      })),
    ]
    const { FS } = await ready
    FS.writeFile('/written.h5', writeHdf5(datasets))
    const file = new File('/written.h5', 'r')
    for (const { path, shape, values } of datasets) {
      const dataset = file.get(path) as { shape: number[]; value: unknown }
      expect(dataset.shape).toEqual(shape)
      expect([dataset.value].flat()).toEqual(shape.length === 0 ? [...values] : [values])
    }
    file.close()
  })
})
