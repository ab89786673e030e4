/** Artifact rules of a layout, between the words on the wire and the data we work with. @module */

import { describeValue, ParseError } from '@aibomgen/core'

/** Rules of one pattern. Only DISALLOW and REQUIRE can fail; REQUIRE takes a name, not a glob. */
export interface PatternRule {
  readonly kind: 'create' | 'delete' | 'modify' | 'allow' | 'disallow' | 'require'
  readonly pattern: string
}

/** MATCH: what another step recorded under the same name, with the same digests. */
export interface MatchRule {
  readonly kind: 'match'
  readonly pattern: string
  /** Folder in this step, cut off before the pattern applies. */
  readonly sourcePrefix?: string
  readonly destinationType: ArtifactType
  /** Folder in the other step, put before the name. */
  readonly destinationPrefix?: string
  readonly destinationStep: string
}

/** One artifact rule. */
export type ArtifactRule = PatternRule | MatchRule

/** The two sides of a step. */
export type ArtifactType = 'materials' | 'products'

const PATTERN_KINDS: ReadonlySet<string> = new Set(['create', 'delete', 'modify', 'allow', 'disallow', 'require'])

/**
 * The rule that a list of words spells. Keywords are taken in any case.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 * @see in-toto specification 1.0, section 4.3.3
 */
export function parseArtifactRule(words: unknown, document = 'artifact rule'): ArtifactRule {
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
    throw invalid(document, 'a list of words', words)
  }
  const [keyword = '', pattern, ...rest] = words
  const kind = keyword.toLowerCase()
  if (pattern !== undefined && kind === 'match') return parseMatch(pattern, rest, document, words)
  if (pattern !== undefined && rest.length === 0 && isPatternKind(kind)) return { kind, pattern }
  throw invalid(document, 'CREATE, DELETE, MODIFY, ALLOW, DISALLOW, REQUIRE or MATCH with a pattern', words)
}

/** The rule as words, keywords in upper case. */
export function serializeArtifactRule(rule: ArtifactRule): readonly string[] {
  if (rule.kind !== 'match') return [rule.kind.toUpperCase(), rule.pattern]
  const source = rule.sourcePrefix === undefined ? [] : ['IN', rule.sourcePrefix]
  const destination = rule.destinationPrefix === undefined ? [] : ['IN', rule.destinationPrefix]
  const type = rule.destinationType.toUpperCase()
  return ['MATCH', rule.pattern, ...source, 'WITH', type, ...destination, 'FROM', rule.destinationStep]
}

function parseMatch(pattern: string, rest: readonly string[], document: string, words: readonly string[]): MatchRule {
  let position = 0
  const takesKeyword = (keyword: string): boolean => {
    if (rest[position]?.toLowerCase() !== keyword) return false
    position++
    return true
  }
  const sourcePrefix = takesKeyword('in') ? rest[position++] : undefined
  const hasWith = takesKeyword('with')
  const destinationType = rest[position++]?.toLowerCase()
  const destinationPrefix = takesKeyword('in') ? rest[position++] : undefined
  const hasFrom = takesKeyword('from')
  const destinationStep = rest[position++]
  const isType = destinationType === 'materials' || destinationType === 'products'
  if (!hasWith || !isType || !hasFrom || destinationStep === undefined || position !== rest.length) {
    throw invalid(document, 'MATCH pattern [IN prefix] WITH (MATERIALS|PRODUCTS) [IN prefix] FROM step', words)
  }
  return {
    kind: 'match',
    pattern,
    ...(sourcePrefix === undefined ? {} : { sourcePrefix }),
    destinationType,
    ...(destinationPrefix === undefined ? {} : { destinationPrefix }),
    destinationStep,
  }
}

function isPatternKind(kind: string): kind is PatternRule['kind'] {
  return PATTERN_KINDS.has(kind)
}

function invalid(document: string, expected: string, words: unknown): ParseError {
  const got = Array.isArray(words) ? `"${words.join(' ')}"`.slice(0, 80) : describeValue(words)
  return new ParseError('DOCUMENT_INVALID', `${document}: expected ${expected}, got ${got}`, {
    document,
    problems: [{ path: '', expected, got }],
  })
}
