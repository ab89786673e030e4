import { ParseError, utf8Encode } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { assertDatasetFormat, assertModelFormat } from '../src/file-format.ts'
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

  it.each([
    ['data.csv', 'csv'],
    ['data.zip', 'image'],
    ['data.tfrecord', 'tfrecord'],
    ['data.parquet', 'parquet'],
  ] as const)('takes %s for type %s, and for no other', (name, type) => {
    for (const other of ['csv', 'image', 'tfrecord', 'parquet'] as const) {
      if (other === type) expect(() => assertDatasetFormat(name, other)).not.toThrow()
      else expect(errorOf(ParseError, () => assertDatasetFormat(name, other)).code).toBe('FORMAT_UNSUPPORTED')
    }
  })
})
