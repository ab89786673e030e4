/** A request's body as JSON: bounded, and as strict as every other document. @module */

import { collectBytes, ParseError, parseJson, type JsonValue } from '@aibomgen/core'

import { boundBytes } from './limits.ts'

const MAX_BODY_BYTES = 64 * 1024

/**
 * The body.
 *
 * @throws ParseError `JSON_INVALID`, `DOCUMENT_INVALID` for another media type; ArtifactError `ARTIFACT_TOO_LARGE`
 */
export async function readJsonBody(request: Request): Promise<JsonValue> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    const problem = { path: '/content-type', expected: 'application/json', got: JSON.stringify(type.slice(0, 100)) }
    throw new ParseError('DOCUMENT_INVALID', `request: ${problem.path}: expected ${problem.expected}`, {
      document: 'request',
      problems: [problem],
    })
  }
  const body = request.body ?? new Blob([]).stream()
  const bytes = await collectBytes(boundBytes(body, MAX_BODY_BYTES), MAX_BODY_BYTES)
  return parseJson(bytes, { maxBytes: MAX_BODY_BYTES, document: 'request' })
}
