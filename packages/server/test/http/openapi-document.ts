/** The OpenAPI document as a test reads it, and answers held against it. @module */

import { expect } from 'vitest'
import * as z from 'zod'

import { PROBLEM_TYPE } from '../../src/http/problem.ts'
import type { Json } from './api.ts'

/** One operation of the document. */
export interface Operation {
  readonly path: string
  readonly method: string
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query' | 'header' }[]
  /** Fields of its form. */
  readonly form: readonly string[]
  /** Statuses that it answers with, each with the content types of its bodies and what holds a body to its schema. */
  readonly answers: ReadonlyMap<number, ReadonlyMap<string, z.ZodType>>
}

/** All operations. */
export function readOperations(document: Json): readonly Operation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, { parameters = [], requestBody, responses }]) => ({
      path,
      method: method.toUpperCase(),
      parameters,
      form: Object.keys(requestBody?.content['multipart/form-data']?.schema.properties ?? {}),
      answers: new Map(
        Object.entries<Json>(responses).map(([status, { content = {} }]) => [
          Number(status),
          new Map(Object.entries<Json>(content).map(([type, { schema }]) => [type, parserOf(schema, document)])),
        ]),
      ),
    })),
  )
}

/** What accepts exactly what a schema of the document says. */
function parserOf(schema: Json, { components }: Json): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: components.schemas })
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
}

/** Holds an answer against the document: any error is a problem, and an operation's answer is one that it declares. */
export async function checkAnswer(
  answer: Response,
  { method, operation }: { readonly method: string; readonly operation?: Operation },
): Promise<void> {
  const { status } = answer
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  const isStream = type === 'text/event-stream'
  const text = isStream ? '' : await answer.text()
  if (isStream) await answer.body?.cancel()
  if (method === 'HEAD') return expect(text).toBe('')
  if (status >= 400) {
    expect(type, text).toBe(PROBLEM_TYPE)
    expect(JSON.parse(text)).toMatchObject({ status, code: expect.any(String), request_id: expect.any(String) })
  }
  if (operation === undefined) return
  const types = operation.answers.get(status)
  const where = `${operation.method} ${operation.path} ${status}`
  expect(types, `${where} is declared: ${text.slice(0, 300)}`).toBeDefined()
  if (types === undefined || text === '' || types.size === 0) return
  expect([...types.keys()], where).toContain(type)
  if (!type.endsWith('json')) return
  const { error } = types.get(type)?.safeParse(JSON.parse(text)) ?? {}
  expect(error?.issues, `${where}: ${text.slice(0, 500)}`).toBeUndefined()
}
