/** Lint: signatures that are there have a signer, and a key of their algorithm's kind. @module */

import { describeValue, type JsonObject } from '@aibomgen/core'

import { isList, isObject } from '../json-structure.ts'
import type { LintFinding, LintNode } from './finding.ts'

/** Signatures without a signer, keys of the wrong kind, and keys that nobody may believe. */
export function* lintSignatures(nodes: readonly LintNode[]): Generator<LintFinding> {
  for (const { path, object } of nodes) {
    if (!isObject(object.signature)) continue
    yield* lintSignature(`${path}/signature`, object.signature)
  }
}

function* lintSignature(path: string, signature: JsonObject): Generator<LintFinding> {
  for (const member of ['signers', 'chain']) {
    const signers = signature[member]
    if (!isList(signers)) continue
    if (signers.length === 0) yield error('signature-empty', `${path}/${member}`, 'at least one signer', 'none')
    for (const [index, signer] of signers.entries()) {
      if (isObject(signer)) yield* lintSignature(`${path}/${member}/${index}`, signer)
    }
  }
  const { algorithm, publicKey } = signature
  if (!isObject(publicKey)) return
  yield {
    severity: 'warning',
    rule: 'signature-embeds-key',
    path: `${path}/publicKey`,
    expected: 'a keyId: a key inside the document proves nothing',
    got: 'a key',
  }
  const expected = keyKindOf(algorithm)
  const got = [publicKey.kty, publicKey.crv].filter((part) => typeof part === 'string').join(' ')
  if (expected !== undefined && expected !== got) {
    yield error('signature-key-mismatch', `${path}/publicKey`, `a key of kind ${expected}`, describeValue(got))
  }
}

const CURVES: ReadonlyMap<string, string> = new Map([
  ['ES256', 'EC P-256'],
  ['ES384', 'EC P-384'],
  ['ES512', 'EC P-521'],
])

function keyKindOf(algorithm: unknown): string | undefined {
  if (typeof algorithm !== 'string') return undefined
  if (/^(RS|PS)(256|384|512)$/.test(algorithm)) return 'RSA'
  if (/^Ed(25519|448)$/.test(algorithm)) return `OKP ${algorithm}`
  if (/^HS(256|384|512)$/.test(algorithm)) return 'oct'
  return CURVES.get(algorithm)
}

function error(rule: string, path: string, expected: string, got: string): LintFinding {
  return { severity: 'error', rule, path, expected, got }
}
