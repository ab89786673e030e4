/** Requests made from the OpenAPI document, sensible and not: none is answered with 5xx. FUZZ_RUNS says how many. @module */

import { env } from 'node:process'

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createApi, type Api, type Json } from './api.ts'

let api: Api
let jobs: readonly string[]

beforeAll(async () => {
  api = await createApi()
  jobs = [await api.submitWine('alice'), await api.submitWine('bob')]
  await api.complete(jobs[0] ?? '')
})
afterAll(() => api[Symbol.asyncDispose]())

/** One operation of the document. */
interface Operation {
  readonly path: string
  readonly method: string
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query' | 'header' }[]
  readonly form: readonly string[]
}

async function readOperations(): Promise<readonly Operation[]> {
  const document: Json = await (await api.ask('/openapi.json')).json()
  return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, { parameters = [], requestBody }]) => ({
      path,
      method: method.toUpperCase(),
      parameters,
      form: Object.keys(requestBody?.content['multipart/form-data'].schema.properties ?? {}),
    })),
  )
}

const values = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(
      ...jobs,
      '',
      '0',
      '1',
      '-1',
      '1e999',
      'NaN',
      'true',
      '../..',
      '%00',
      '%',
      'metrics.json',
      'a'.repeat(64),
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.nat().map(String),
  )

function formOf(entries: readonly (readonly [string, string, boolean])[]): FormData {
  const form = new FormData()
  for (const [name, value, isFile] of entries) form.append(name, isFile ? new File([value], name) : value)
  return form
}

it('answers every generated request, and none with 5xx', async () => {
  const operations = (await readOperations()).filter(({ path }) => !path.endsWith('/events'))
  expect(operations.length).toBeGreaterThan(18)
  const request = fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      user: fc.constantFrom(undefined, 'alice', 'bob', 'olga', 'mallory'),
      parameters: fc.array(values(), {
        minLength: operation.parameters.length,
        maxLength: operation.parameters.length,
      }),
      form: fc.array(fc.tuple(fc.constantFrom('x', ...operation.form), values(), fc.boolean()), { maxLength: 6 }),
      raw: fc.option(fc.string({ maxLength: 100 }), { freq: 4 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(request, async ({ operation, user, parameters, form, raw }) => {
      const query = new URLSearchParams()
      const headers = new Headers()
      let { path } = operation
      operation.parameters.forEach((parameter, index) => {
        const value = parameters[index] ?? ''
        if (parameter.in === 'path')
          path = path.replace(`{${parameter.name}}`, encodeURIComponent(value.toWellFormed()))
        if (parameter.in === 'query') query.set(parameter.name, value)
        if (parameter.in === 'header') headers.set(parameter.name, value.replace(/[^\x20-\x7e]/g, ''))
      })
      const isPost = operation.method === 'POST'
      if (isPost && raw !== null) headers.set('content-type', 'multipart/form-data; boundary=B')
      const answer = await api.ask(`${path}?${query.toString()}`, {
        method: operation.method,
        headers,
        ...(isPost && { body: raw ?? formOf(form) }),
        ...(user !== undefined && { user }),
      })
      const body = await answer.text()
      expect(answer.status, `${body} ${String(api.failures.at(-1)?.error)}`).toBeLessThan(500)
      if (answer.status >= 400) expect(answer.headers.get('content-type')).toBe('application/problem+json')
    }),
    { numRuns: Number(env['FUZZ_RUNS'] ?? 400) },
  )
}, 600_000)
