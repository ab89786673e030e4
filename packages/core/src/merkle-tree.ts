/** Merkle trees as RFC 6962 builds them: one digest for a list of any length, and short proofs of membership. @module */

import { hashSha256 } from '#crypto'

import { concatBytes, fromHex, toHex } from './bytes.ts'
import { parseSha256Hex, type Sha256Hex } from './digest.ts'
import { VerificationError } from './errors.ts'

/** The root of a list, and how many leaves the list has: one without the other says nothing. */
export interface MerkleRoot {
  readonly leaves: number
  readonly root: Sha256Hex
}

/** A root in the making: takes leaves in order, in memory that grows with the logarithm of their number. */
export interface MerkleTreeHasher {
  /** Takes the next leaf's data. */
  add(data: Uint8Array): void
  /** The root of all leaves so far. */
  root(): MerkleRoot
}

/** That one leaf stands at `index` (from 0) of a list of `leaves`. `path` goes from the leaf's sibling up to the root's. */
export interface MerkleProof {
  readonly index: number
  readonly leaves: number
  readonly path: readonly Sha256Hex[]
}

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/**
 * A Merkle tree hash (RFC 6962, section 2.1, with SHA-256): a leaf is `SHA-256(0x00 ‖ data)`, a node
 * `SHA-256(0x01 ‖ left ‖ right)`, the left side of a node the largest power of two leaves that is smaller than all, and
 * the root of no leaves SHA-256 of nothing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 */
export function createMerkleTree(): MerkleTreeHasher {
  // Roots of full subtrees, the largest first: one for each bit of `leaves` that is set.
  const full: Uint8Array[] = []
  let leaves = 0
  return {
    add(data) {
      let hash = digest(LEAF, data)
      // Bits by division: a list may be longer than 32 bits can count.
      for (let rest = leaves; rest % 2 === 1; rest = (rest - 1) / 2) hash = digest(NODE, full.pop() ?? hash, hash)
      full.push(hash)
      leaves++
    },
    root() {
      const top = full.reduceRight<Uint8Array | undefined>(
        (right, left) => (right === undefined ? left : digest(NODE, left, right)),
        undefined,
      )
      return { leaves, root: hexOf(top ?? digest()) }
    },
  }
}

/** A proof in the making: takes every leaf of the list in order, as the tree did. */
export interface MerkleProver {
  add(data: Uint8Array): void
  /** The proof; every leaf must have been added. */
  proof(): MerkleProof
}

/**
 * Proves that the leaf at `index` stands in a list of `leaves`: reads the list once, in memory that grows with the
 * logarithm of its length (RFC 6962, section 2.1.1).
 */
export function createMerkleProver(index: number, leaves: number): MerkleProver {
  if (!isPlace(index, leaves)) throw new TypeError(`Merkle proof: expected a place in ${leaves} leaves, got ${index}`)
  const siblings = siblingRanges(index, leaves).map((range) => ({ ...range, tree: createMerkleTree() }))
  const inOrder = siblings.toSorted((a, b) => a.start - b.start)
  let position = 0
  let current = 0
  return {
    add(data) {
      while ((inOrder[current]?.end ?? Infinity) <= position) current++
      const range = inOrder[current]
      if (position !== index && range !== undefined) range.tree.add(data)
      position++
    },
    proof() {
      if (position !== leaves) throw new TypeError(`Merkle proof: expected ${leaves} leaves, got ${position}`)
      return { index, leaves, path: siblings.map(({ tree }) => tree.root().root) }
    },
  }
}

/**
 * Makes sure that `data` is the leaf that `proof` says it is, in the list that has `root`.
 *
 * @param root - from evidence that is already verified
 * @throws VerificationError `EVIDENCE_MISMATCH`
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
 */
export function verifyMerkleProof(data: Uint8Array, proof: MerkleProof, root: MerkleRoot): void {
  const { index, leaves, path } = proof
  if (leaves !== root.leaves) throw mismatch('leaves of the Merkle tree', String(root.leaves), String(leaves))
  if (!isPlace(index, leaves)) throw mismatch('index in the Merkle tree', `0…${root.leaves - 1}`, String(index))
  const ranges = siblingRanges(index, leaves)
  if (path.length !== ranges.length) {
    throw mismatch('length of the Merkle path', String(ranges.length), String(path.length))
  }
  let hash = digest(LEAF, data)
  for (const [level, { start }] of ranges.entries()) {
    const sibling = fromHex(path[level] ?? '')
    hash = start < index ? digest(NODE, sibling, hash) : digest(NODE, hash, sibling)
  }
  if (hexOf(hash) !== root.root) throw mismatch('root of the Merkle tree', root.root, hexOf(hash))
}

interface Range {
  readonly start: number
  readonly end: number
}

/** The leaves below each sibling on the way from a leaf to the root, the leaf's own sibling first. */
function siblingRanges(index: number, leaves: number): Range[] {
  const ranges: Range[] = []
  let [start, end] = [0, leaves]
  while (end - start > 1) {
    const middle = start + largestPowerOfTwoBelow(end - start)
    if (index < middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
    }
  }
  return ranges
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

function isPlace(index: number, leaves: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(leaves) && index >= 0 && index < leaves
}

function digest(...parts: readonly Uint8Array[]): Uint8Array {
  return hashSha256(concatBytes(...parts))
}

function hexOf(hash: Uint8Array): Sha256Hex {
  return parseSha256Hex(toHex(hash))
}

function mismatch(what: string, expected: string, actual: string): VerificationError<'EVIDENCE_MISMATCH'> {
  const message = `${what}: expected ${expected}, got ${actual}`
  return new VerificationError('EVIDENCE_MISMATCH', message, { what, expected, actual })
}
