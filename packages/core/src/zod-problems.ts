/** From a schema's issues to our problems: each with its path, what was expected, and what came. @module */

import type * as z from 'zod'

import type { DocumentProblems, Problem } from './error-codes.ts'
import { ParseError } from './errors.ts'

/** Codes of `ParseError` whose detail is a list of problems. */
export type DocumentErrorCode = 'DOCUMENT_INVALID' | 'DEFINITION_INVALID' | 'PARAMETER_INVALID'

/**
 * What `schema` makes of `value`.
 *
 * @param document - what the value is called in messages
 * @throws ParseError with `code`, naming every problem by its path
 */
export function parseWith<T>(
  schema: z.ZodType<T, unknown>,
  value: unknown,
  document: string,
  code: DocumentErrorCode = 'DOCUMENT_INVALID',
): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const detail = describeZodError(result.error, document, value)
  throw new ParseError(code, describeProblems(detail), detail, { cause: result.error })
}

/** The issues of a zod error as problems; `value` is what was parsed, for saying what came. */
export function describeZodError(error: z.ZodError, document: string, value: unknown): DocumentProblems {
  return { document, problems: error.issues.flatMap((issue) => problemsOf(issue, value)) }
}

const MAX_PROBLEMS_IN_MESSAGE = 20

/** One line for people: the document, then its problems, the first twenty of them. All are in the detail. */
export function describeProblems({ document, problems }: DocumentProblems): string {
  const shown = problems.slice(0, MAX_PROBLEMS_IN_MESSAGE)
  const lines = shown.map(({ path, expected, got }) => `${path || 'document'}: expected ${expected}, got ${got}`)
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : ''
  return `${document}: ${lines.join('; ')}${more}`
}

/** How a value is shown in a message: short, on one line, never a whole payload. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(value) : `${value as number}`
  return text.length > 64 ? `${text.slice(0, 64)}…` : text
}

function problemsOf(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      expected: 'no such member',
      got: JSON.stringify(key),
    }))
  }
  return [{ path, expected: expectationOf(issue), got: describeValue(valueAt(root, issue.path)) }]
}

function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'too_small':
      return `${issue.inclusive === false ? '>' : '≥'} ${issue.minimum}`
    case 'too_big':
      return `${issue.inclusive === false ? '<' : '≤'} ${issue.maximum}`
    case 'invalid_value':
      return issue.values.map((choice) => JSON.stringify(choice)).join(' or ')
    case 'invalid_union':
      return issue.errors
        .flatMap((alternative) => alternative.slice(0, 1).map(expectationOf))
        .filter((text, index, all) => all.indexOf(text) === index)
        .join(' or ')
    default:
      return issue.message.replace(/^expected /, '')
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    root,
  )
}
