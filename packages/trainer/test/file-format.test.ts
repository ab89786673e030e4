import { deflateSync, gzipSync } from 'node:zlib'

import { ParseError, utf8Encode } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type { DatasetType } from '../src/dataset-definition.ts'
import { assertDatasetFormat, assertModelFormat, FORMAT_HEAD_BYTES } from '../src/file-format.ts'
import { recordOf } from './datasets/tfrecords.ts'
import { errorOf } from './error-of.ts'

const ZIP = Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0)
const HDF5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)

describe('file formats', () => {
  it('takes a .keras archive', () => {
    expect(() => assertModelFormat('Model.KERAS', ZIP)).not.toThrow()
  })

  it.each([
    ['model.h5', HDF5, 'HDF5'],
    ['model.hdf5', HDF5, 'HDF5'],
    ['renamed.keras', HDF5, 'HDF5'],
    ['model.pkl', utf8Encode('\u0080\u0004'), 'pickle'],
    ['model.pt', ZIP, 'PyTorch'],
    ['model.zip', ZIP, 'another file name'],
    ['model.keras', utf8Encode('hello'), 'a file that does not begin like a zip archive'],
    ['model.keras', new Uint8Array(), 'a file that does not begin like a zip archive'],
  ])('refuses %s, with the reason and the way out', (name, head, got) => {
    const error = errorOf(ParseError, () => assertModelFormat(name, head))
    expect(error.code).toBe('FORMAT_UNSUPPORTED')
    expect(error.detail).toEqual({ file: name, expected: 'a .keras archive', got })
    expect(error.message).toContain('save the model as .keras')
  })

  it.each<[string, Uint8Array, DatasetType]>([
    ['CSV', utf8Encode('x,y\n1,2\n'), 'csv'],
    ['CSV with a byte order mark', utf8Encode('\ufeffx,y\n1,2\n'), 'csv'],
    ['CSV of one letter', utf8Encode('a'), 'csv'],
    ['CSV that begins like ZLIB', utf8Encode('8O,y\n1,2\n'), 'csv'],
    ['nothing', new Uint8Array(), 'csv'],
    ['a zip archive', ZIP, 'image'],
    ['an empty zip archive', Uint8Array.of(0x50, 0x4b, 5, 6), 'image'],
    ['Parquet', utf8Encode('PAR1\u0015\u0004'), 'parquet'],
    ['TFRecord', recordOf(new Uint8Array(88)), 'tfrecord'],
    ['TFRecord in GZIP', gzipSync(recordOf(new Uint8Array(88))), 'tfrecord'],
    ['TFRecord in ZLIB', deflateSync(recordOf(new Uint8Array(88))), 'tfrecord'],
  ])('take %s for its type whatever its name, and for no other', (_, bytes, type) => {
    const head = bytes.subarray(0, FORMAT_HEAD_BYTES)
    for (const other of ['csv', 'image', 'tfrecord', 'parquet'] as const) {
      if (other === type) expect(() => assertDatasetFormat('data.exe', other, head)).not.toThrow()
      else expect(errorOf(ParseError, () => assertDatasetFormat('data', other, head)).code).toBe('FORMAT_UNSUPPORTED')
    }
  })

  it.each<[string, Uint8Array]>([
    ['HDF5', HDF5],
    ['text in UTF-16', Uint8Array.of(0xff, 0xfe, 0x78, 0, 0x2c, 0)],
    ['a program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)],
  ])('take %s for no data set', (_, head) => {
    for (const type of ['csv', 'image', 'tfrecord', 'parquet'] as const) {
      const error = errorOf(ParseError, () => assertDatasetFormat('data.csv', type, head))
      expect(error.detail).toMatchObject({ file: 'data.csv', got: 'a file that begins like none that is known' })
    }
  })
})
