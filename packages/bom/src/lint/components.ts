/** Lint: components say only what their type can have, and their hashes can be true. @module */

import { describeValue } from '@aibomgen/core'

import { HASH_DIGITS } from '../cyclonedx/hash-digits.ts'
import { objectsIn, type LintFinding, type LintNode } from './finding.ts'

// Members that belong to one component type alone.
const OWN_MEMBERS = { modelCard: 'machine-learning-model', data: 'data', cryptoProperties: 'cryptographic-asset' }

/** Misplaced model cards and data, impossible and contradictory hashes, purls that are none. */
export function* lintComponents(nodes: readonly LintNode[]): Generator<LintFinding> {
  for (const node of nodes) {
    // Of the objects with a type and a name, only components have these members.
    for (const [member, type] of Object.entries(OWN_MEMBERS)) {
      const isComponent = typeof node.object.type === 'string' && typeof node.object.name === 'string'
      if (isComponent && node.object[member] !== undefined && node.object.type !== type) {
        yield error('member-misplaced', `${node.path}/${member}`, `no ${member} but on type ${type}`, node.object.type)
      }
    }
    yield* lintHashes(node)
    const { purl } = node.object
    if (typeof purl === 'string' && !/^pkg:[A-Za-z][A-Za-z0-9.+-]*\/./.test(purl)) {
      yield error('purl-invalid', `${node.path}/purl`, 'a purl like pkg:npm/name@1.0.0', purl)
    }
  }
}

function* lintHashes({ path, object }: LintNode): Generator<LintFinding> {
  const contents = new Map<unknown, unknown>()
  for (const [index, { alg, content }] of objectsIn(object.hashes).entries()) {
    if (typeof alg !== 'string' || typeof content !== 'string') continue
    const digits = HASH_DIGITS.get(alg)
    if (digits !== undefined && content.length !== digits) {
      yield error('hash-length', `${path}/hashes/${index}/content`, `${digits} hex digits of ${alg}`, content)
    }
    const earlier = contents.get(alg)
    if (earlier !== undefined) {
      const isSame = earlier === content.toLowerCase()
      yield isSame
        ? { ...error('hash-repeated', `${path}/hashes/${index}`, `one ${alg}`, content), severity: 'warning' }
        : error('hash-conflict', `${path}/hashes/${index}`, `one ${alg}`, content)
    }
    contents.set(alg, content.toLowerCase())
  }
}

function error(rule: string, path: string, expected: string, got: unknown): LintFinding {
  return { severity: 'error', rule, path, expected, got: describeValue(got) }
}
