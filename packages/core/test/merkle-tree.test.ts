import {
  concatBytes,
  createMerkleProver,
  createMerkleTree,
  fromHex,
  sha256Hex,
  utf8Encode,
  verifyMerkleProof,
  type MerkleProof,
  type MerkleRoot,
  type VerificationError,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** The leaves and roots that implementations of Certificate Transparency (RFC 6962) test each other with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (hex) => fromHex(hex),
)
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const list = fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 70 })

describe('the tree', () => {
  it.each(ROOTS.map((root, leaves) => ({ leaves, root })))('of $leaves leaves has the published root', (expected) => {
    expect(rootOf(LEAVES.slice(0, expected.leaves))).toEqual(expected)
  })

  it('is the one that the definition gives, read backwards from the whole list', () => {
    fc.assert(
      fc.property(list, (leaves) => {
        expect(rootOf(leaves).root).toBe(defined(leaves))
      }),
    )
  })
})

describe('a proof', () => {
  it('of every leaf of every list holds, and of nothing else', () => {
    fc.assert(
      fc.property(list, fc.nat(), fc.uint8Array({ maxLength: 8 }), (leaves, nat, other) => {
        const index = nat % leaves.length
        const leaf = leaves[index] ?? new Uint8Array()
        const proof = proofOf(leaves, index)
        verifyMerkleProof(leaf, proof, rootOf(leaves))
        if (sha256Hex(other) !== sha256Hex(leaf)) refused(other, proof, rootOf(leaves))
      }),
    )
  })

  const proof = proofOf(LEAVES.slice(0, 7), 5)
  const root = rootOf(LEAVES.slice(0, 7))
  const leaf = LEAVES[5] ?? new Uint8Array()
  const [first, second, ...rest] = proof.path
  it.each<[string, MerkleProof, MerkleRoot]>([
    ['another index', { ...proof, index: 4 }, root],
    ['an index past the end', { ...proof, index: 7 }, root],
    ['an index below 0', { ...proof, index: -1 }, root],
    ['an index that is no number', { ...proof, index: Number.NaN }, root],
    ['another number of leaves', { ...proof, leaves: 8 }, root],
    ['a path too short', { ...proof, path: proof.path.slice(1) }, root],
    ['a path too long', { ...proof, path: [...proof.path, ...proof.path.slice(0, 1)] }, root],
    [
      'a path in another order',
      { ...proof, path: [second, first, ...rest].filter((hash) => hash !== undefined) },
      root,
    ],
    ['the root of another list', proof, rootOf(LEAVES.toReversed().slice(0, 7))],
  ])('with %s is refused', (_what, changed, against) => {
    verifyMerkleProof(leaf, proof, root)
    refused(leaf, changed, against)
  })

  it('does not take a node for a leaf', () => {
    const [left, right] = [LEAVES[0], LEAVES[1]].map((data) => hash([0], data ?? new Uint8Array()))
    const node = concatBytes(fromHex(left ?? ''), fromHex(right ?? ''))
    refused(node, { index: 0, leaves: 1, path: [] }, rootOf(LEAVES.slice(0, 2)))
    refused(node, { index: 0, leaves: 1, path: [] }, { ...rootOf(LEAVES.slice(0, 2)), leaves: 1 })
  })

  it('is asked for within the list, and given when the whole list went by', () => {
    expect(() => createMerkleProver(3, 3)).toThrow(TypeError)
    const prover = createMerkleProver(0, 2)
    prover.add(utf8Encode('one'))
    expect(() => prover.proof()).toThrow(TypeError)
  })
})

function rootOf(leaves: readonly Uint8Array[]): MerkleRoot {
  const tree = createMerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree.root()
}

function proofOf(leaves: readonly Uint8Array[], index: number): MerkleProof {
  const prover = createMerkleProver(index, leaves.length)
  for (const leaf of leaves) prover.add(leaf)
  return prover.proof()
}

/** RFC 6962, section 2.1, word for word. */
function defined(leaves: readonly Uint8Array[]): string {
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return hash([0], only)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return hash([1], fromHex(defined(leaves.slice(0, split))), fromHex(defined(leaves.slice(split))))
}

function hash(prefix: readonly number[], ...parts: readonly Uint8Array[]): string {
  return sha256Hex(concatBytes(Uint8Array.from(prefix), ...parts))
}

function refused(data: Uint8Array, proof: MerkleProof, root: MerkleRoot): void {
  expect(() => verifyMerkleProof(data, proof, root)).toThrow(
    expect.objectContaining({ code: 'EVIDENCE_MISMATCH' }) as VerificationError,
  )
}
