/** What a link says about artifacts: names, each with its set of digests. @module */

import { describeValue, ParseError, type ExactJsonObject, type Problem } from '@aibomgen/core'

import { isPlainObject } from './signed-model.ts'

/** Digests of one artifact by algorithm, as the link spells them. Two artifacts are the same when their whole sets are. */
export type DigestSet = Readonly<Record<string, string>>

/** Artifacts by name. Names are compared as they are: no Unicode normal form is applied. */
export type ArtifactMap = ReadonlyMap<string, DigestSet>

/**
 * The artifacts that `value` lists. Names must be normal paths (`isNormalPath`), digests hex.
 *
 * @param where - document and member, for messages
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function parseArtifactMap(value: unknown, where: { document: string; member: string }): ArtifactMap {
  const artifacts = new Map<string, DigestSet>()
  if (!isPlainObject(value)) throw invalid(where, '', 'an object of artifacts', value)
  for (const name of Object.keys(value)) {
    if (!isNormalPath(name)) throw invalid(where, '', 'names without `.`, `..` or empty segments', name)
    artifacts.set(name, parseDigestSet(value[name], name, where))
  }
  return artifacts
}

/** The artifacts as the object that a link holds. */
export function serializeArtifactMap(artifacts: ArtifactMap): ExactJsonObject {
  // Not assignment: a file may well be called __proto__.
  return Object.fromEntries(artifacts)
}

/** Whether both sets name the same algorithms with the same digests. */
export function sameDigests(a: DigestSet, b: DigestSet): boolean {
  const algorithms = Object.keys(a)
  if (algorithms.length !== Object.keys(b).length) return false
  return algorithms.every((algorithm) => Object.hasOwn(b, algorithm) && a[algorithm] === b[algorithm])
}

/** Whether both maps name the same artifacts with the same digests. */
export function sameArtifacts(a: ArtifactMap, b: ArtifactMap): boolean {
  if (a.size !== b.size) return false
  for (const [name, digests] of a) {
    const others = b.get(name)
    if (others === undefined || !sameDigests(digests, others)) return false
  }
  return true
}

/**
 * Whether no other spelling of the same path is shorter: `a/./b`, `a//b`, `a/../b` and `a/` are not, and could dodge a
 * DISALLOW rule for the path they mean. A path may be absolute, and may lead out (`../x`): that names another file.
 */
export function isNormalPath(path: string): boolean {
  const mayHideSegments = path.includes('/.') || path.includes('//') || path.endsWith('/')
  if (!mayHideSegments && !path.startsWith('.')) return true
  const segments = path.split('/')
  if (segments.length > 1 && segments[0] === '') segments.shift()
  const inner = segments.findIndex((segment) => segment !== '..')
  return inner >= 0 && segments.slice(inner).every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

const HEX = /^[0-9a-fA-F]+$/

function parseDigestSet(value: unknown, name: string, where: { document: string; member: string }): DigestSet {
  if (!isPlainObject(value)) throw invalid(where, name, 'an object of digests', value)
  const algorithms = Object.keys(value)
  if (algorithms.length === 0) throw invalid(where, name, 'at least one digest', value)
  for (const algorithm of algorithms) {
    const digest = value[algorithm]
    if (typeof digest !== 'string' || !HEX.test(digest)) throw invalid(where, name, `${algorithm} in hex`, digest)
  }
  return value as DigestSet
}

function invalid(
  where: { document: string; member: string },
  name: string,
  expected: string,
  got: unknown,
): ParseError {
  const path = name === '' ? where.member : `${where.member}.${name}`
  const problem: Problem = { path, expected, got: describeValue(got) }
  const message = `${where.document}: ${path}: expected ${expected}, got ${problem.got}`
  return new ParseError('DOCUMENT_INVALID', message, { document: where.document, problems: [problem] })
}
