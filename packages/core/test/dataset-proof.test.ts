import {
  createMerkleProver,
  createMerkleTree,
  datasetFileLeaf,
  parseDatasetProof,
  ParseError,
  serializeDatasetProof,
  sha256Hex,
  utf8Decode,
  utf8Encode,
  VerificationError,
  verifyDatasetProof,
  type DatasetProof,
  type DatasetRoot,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const files = ['a/1.png', 'a/2.png', 'b/é "1".png'].map((name) => ({ name, sha256: sha256Hex(utf8Encode(name)) }))
const records = ['1,2,x', '3,"4\n5",y', '', 'ü,,']

const fileLeaves = files.map(datasetFileLeaf)
const rowLeaves = records.map(utf8Encode)

describe.each<{ what: string; root: DatasetRoot; proofs: readonly DatasetProof[] }>([
  {
    what: 'file',
    root: rootOf('files', fileLeaves),
    proofs: files.map((file, index) => ({ ...merkle(fileLeaves, index), file })),
  },
  {
    what: 'row',
    root: rootOf('rows', rowLeaves),
    proofs: records.map((record, index) => ({ ...merkle(rowLeaves, index), row: { row: index + 1, record } })),
  },
  {
    what: 'row by its values',
    root: rootOf('values', rowLeaves),
    proofs: records.map((values, index) => ({ ...merkle(rowLeaves, index), values: { row: index + 1, values } })),
  },
  {
    what: 'record',
    root: rootOf('records', rowLeaves),
    proofs: rowLeaves.map((bytes, index) => ({ ...merkle(rowLeaves, index), record: { record: index + 1, bytes } })),
  },
])('a proof of a $what', ({ root, proofs }) => {
  it('is believed, also after it was written down', () => {
    for (const proof of proofs) {
      const bytes = serializeDatasetProof(proof)
      expect(parseDatasetProof(bytes)).toEqual(proof)
      expect(serializeDatasetProof(parseDatasetProof(bytes))).toEqual(bytes)
      verifyDatasetProof(parseDatasetProof(bytes), root)
    }
  })

  it('is refused once any character of it is another', () => {
    const text = utf8Decode(serializeDatasetProof(proofs[1] ?? expect.fail()))
    const property = fc.property(fc.nat(text.length - 2), fc.constantFrom('0', '1', 'f', 'x', '"'), (at, character) => {
      fc.pre(text[at] !== character)
      const changed = utf8Encode(text.slice(0, at) + character + text.slice(at + 1))
      expect(() => verifyDatasetProof(parseDatasetProof(changed), root)).toThrow(
        expect.toSatisfy((error) => error instanceof ParseError || error instanceof VerificationError),
      )
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('is refused for the other kind of leaves, and for another root', () => {
    const proof = proofs[0] ?? expect.fail()
    const others = (['files', 'rows', 'values', 'records'] as const).filter((kind) => kind !== root.kind)
    for (const wrong of [
      ...others.map((kind) => ({ ...root, kind })),
      { ...root, root: sha256Hex(utf8Encode('other')) },
    ]) {
      expect(() => verifyDatasetProof(proof, wrong)).toThrow(expect.objectContaining({ code: 'EVIDENCE_MISMATCH' }))
    }
  })
})

it('a leaf of a file is canonical JSON', () => {
  expect(utf8Decode(datasetFileLeaf(files[0] ?? expect.fail()))).toBe(
    `{"name":"a/1.png","sha256":"${sha256Hex(utf8Encode('a/1.png'))}"}`,
  )
})

it('parsing throws nothing but ParseError, whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8Encode)), (hostile) => {
      expect(() => parseDatasetProof(hostile)).toThrow(ParseError)
    }),
  )
})

function rootOf(kind: DatasetRoot['kind'], leaves: readonly Uint8Array[]): DatasetRoot {
  const tree = createMerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return { kind, ...tree.root() }
}

function merkle(
  leaves: readonly Uint8Array[],
  index: number,
): Pick<DatasetProof, 'index' | 'leaves' | 'path' | 'root'> {
  const prover = createMerkleProver(index, leaves.length)
  for (const leaf of leaves) prover.add(leaf)
  return { ...prover.proof(), root: rootOf('files', leaves).root }
}
