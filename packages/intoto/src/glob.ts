/** Globs of artifact rules: Python's fnmatch, matched without backtracking. @module */

/** A compiled glob. */
export interface Glob {
  /** The one name that this glob matches, where it has no wildcard: look it up instead of trying every name. */
  readonly literal: string | undefined
  matches(name: string): boolean
}

/** What one code point of a name may be. */
type CodePointTest = (codePoint: number) => boolean

/** A stretch of the pattern between two stars: text to be found as it is, or one test per code point. */
type Piece = string | readonly CodePointTest[]

/**
 * The glob that `pattern` spells, in the dialect of in-toto's artifact rules: `*` any code points, `/` among them; `?`
 * one code point; `[a-z]` one of a set, `[!a-z]` one outside it. No escape character; a `[` never closed is itself.
 *
 * Matching takes at most |name| × |pattern| steps, whatever the pattern.
 *
 * @see Python 3.11, module fnmatch, which in-toto's reference implementation uses
 */
export function compileGlob(pattern: string): Glob {
  const pieces = parsePieces(pattern)
  const first = pieces[0] ?? ''
  if (pieces.length === 1) {
    if (typeof first === 'string') return { literal: first, matches: (name) => name === first }
    return { literal: undefined, matches: (name) => matchAt(first, name, 0) === name.length }
  }
  return { literal: undefined, matches: (name) => matchPieces(pieces, first, name) }
}

/** Leftmost match of each piece between the stars: no other choice can match where this one does not. */
function matchPieces(pieces: readonly Piece[], first: Piece, name: string): boolean {
  let position = matchAt(first, name, 0)
  if (position < 0) return false
  for (let index = 1; index < pieces.length - 1; index++) {
    position = findFrom(pieces[index] ?? '', name, position)
    if (position < 0) return false
  }
  const last = pieces.at(-1) ?? ''
  const lastStart = startOfEnd(last, name)
  return lastStart >= position && matchAt(last, name, lastStart) === name.length
}

/** Where `piece` ends when it begins at `position` of `name`; −1 when it does not. */
function matchAt(piece: Piece, name: string, position: number): number {
  if (typeof piece === 'string') return name.startsWith(piece, position) ? position + piece.length : -1
  for (const test of piece) {
    const codePoint = name.codePointAt(position)
    if (codePoint === undefined || !test(codePoint)) return -1
    position += widthOf(codePoint)
  }
  return position
}

/** Where the leftmost match of `piece` at or after `position` ends; −1 when there is none. */
function findFrom(piece: Piece, name: string, position: number): number {
  if (typeof piece === 'string') {
    const found = name.indexOf(piece, position)
    return found < 0 ? -1 : found + piece.length
  }
  while (position <= name.length) {
    const end = matchAt(piece, name, position)
    if (end >= 0) return end
    position += widthOf(name.codePointAt(position) ?? 0)
  }
  return -1
}

/** Where `piece` must begin to end with `name`; −1 when the name is too short. */
function startOfEnd(piece: Piece, name: string): number {
  if (typeof piece === 'string') return name.length - piece.length
  let position = name.length
  for (let left = piece.length; left > 0 && position >= 0; left--) {
    const isPair = (name.codePointAt(position - 2) ?? 0) > 0xffff
    position -= isPair ? 2 : 1
  }
  return position
}

function widthOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1
}

function parsePieces(pattern: string): Piece[] {
  const characters = Array.from(pattern)
  const pieces: Piece[] = []
  let text = ''
  let tests: CodePointTest[] = []
  let isText = true
  const add = (test: CodePointTest): void => void tests.push(test)
  const close = (): void => {
    pieces.push(isText ? text : tests)
    text = ''
    tests = []
    isText = true
  }
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? ''
    const setEnd = character === '[' ? endOfSet(characters, index) : -1
    if (character === '*') {
      close()
    } else if (character === '?') {
      isText = false
      add(() => true)
    } else if (setEnd > 0) {
      isText = false
      add(parseSet(characters.slice(index + 1, setEnd)))
      index = setEnd
    } else {
      const codePoint = character.codePointAt(0)
      text += character
      add((candidate) => candidate === codePoint)
    }
  }
  close()
  return pieces
}

/** Index of the `]` that closes the set opened at `open`; −1 when none does. A `]` standing first is a member. */
function endOfSet(characters: readonly string[], open: number): number {
  let index = open + 1
  if (characters[index] === '!') index++
  if (characters[index] === ']') index++
  return characters.indexOf(']', index)
}

/** The test of what stands between `[` and `]`, as fnmatch.translate reads it. */
function parseSet(content: readonly string[]): CodePointTest {
  const chunks = splitAtRanges(content)
  // Ranges that run backwards are empty: they vanish with both their ends.
  for (let index = chunks.length - 1; index > 0; index--) {
    const before = chunks[index - 1] ?? []
    const after = chunks[index] ?? []
    if (codePointOf(before.at(-1)) > codePointOf(after[0])) {
      chunks.splice(index - 1, 2, [...before.slice(0, -1), ...after.slice(1)])
    }
  }
  const isNegated = chunks[0]?.[0] === '!'
  if (isNegated) chunks[0] = chunks[0]?.slice(1) ?? []
  const members = new Set(chunks.flat().map(codePointOf))
  const ranges = chunks
    .slice(1)
    .map((chunk, index) => [codePointOf(chunks[index]?.at(-1)), codePointOf(chunk[0])] as const)
  return (codePoint) => {
    const isMember = members.has(codePoint) || ranges.some(([low, high]) => low <= codePoint && codePoint <= high)
    return isMember !== isNegated
  }
}

/** The content parted at each `-` that stands between two ends of a range. Other hyphens are members. */
function splitAtRanges(content: readonly string[]): string[][] {
  const chunks: string[][] = []
  let start = 0
  let hyphen = content.indexOf('-', content[0] === '!' ? 2 : 1)
  while (hyphen >= 0) {
    chunks.push(content.slice(start, hyphen))
    start = hyphen + 1
    hyphen = content.indexOf('-', hyphen + 3)
  }
  const rest = content.slice(start)
  if (rest.length > 0) chunks.push(rest)
  else chunks.at(-1)?.push('-')
  return chunks
}

function codePointOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? -1
}
