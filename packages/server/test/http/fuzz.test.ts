/**
 * Requests made from the OpenAPI document, sensible and not: none is answered with 5xx, each error is a problem, and each
 * answer is one that the document declares. FUZZ_RUNS says how many, if not 10 000.
 *
 * @module
 */

import { env } from 'node:process'

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createApi, type Api, type Json } from './api.ts'
import { checkAnswer, readOperations, type Operation } from './openapi-document.ts'

let api: Api
let jobs: readonly string[]
let operations: readonly Operation[]

beforeAll(async () => {
  api = await createApi()
  jobs = [await api.submitWine('alice'), await api.submitWine('bob')]
  await api.complete(jobs[0] ?? '')
  const document: Json = await (await api.ask('/openapi.json')).json()
  operations = readOperations(document)
})
afterAll(() => api[Symbol.asyncDispose]())

const EDGES = [
  '',
  ' ',
  '0',
  '1',
  '-1',
  '1.5',
  '1e999',
  'NaN',
  'true',
  'null',
  '[]',
  '{}',
  '../..',
  '..',
  '.',
  '%00',
  '%',
]
const NAMES = ['metrics.json', 'outputs/metrics.json', 'aibom.json', '__proto__', 'constructor', 'a'.repeat(64)]
const NUMBERS = ['9007199254740993', '-0', '2026-11-22T12:00:00Z', '1'.repeat(400)]
const values = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...jobs, ...EDGES, ...NAMES, ...NUMBERS),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.nat().map(String),
  )

const HOSTILE_HEADERS: Readonly<Record<string, readonly string[]>> = {
  range: ['bytes=0-0', 'bytes=-1', 'bytes=5-1', 'bytes=0-,1-2', 'bytes=99999999999999999999-', 'lines=1-2'],
  'if-none-match': ['*', '"x"', 'W/"x"'],
  'if-range': ['"x"', 'Mon, 01 Jan 2026 00:00:00 GMT'],
  'last-event-id': ['0', '-1', '1e9', '99999999999999999999', 'x'],
  'content-type': [
    'application/json',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'text/plain; charset=x',
  ],
  'content-length': ['0', '-1', '999999999999999999'],
  authorization: ['Bearer ', 'Basic YTpi', 'Bearer mallory', `Bearer ${'x'.repeat(9000)}`],
  accept: ['*/*', 'application/xml', ';;;'],
  origin: ['null', 'https://evil.example'],
  host: ['', 'evil.example', 'evil.example:99999'],
  'x-forwarded-for': ['1', '::1, evil'],
  'x-request-id': ['x'.repeat(5000), '../..'],
  cookie: ['a=b; '.repeat(300)],
}
const hostileHeaders = fc.array(
  fc
    .constantFrom(...Object.keys(HOSTILE_HEADERS))
    .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(HOSTILE_HEADERS[name] ?? [])))),
  { maxLength: 2 },
)

const CRLF = '\r\n'
const HOSTILE_BODIES: readonly string[] = [
  '',
  '{}',
  '['.repeat(5000),
  `--B${CRLF}`,
  `--B--${CRLF}`,
  `--B${CRLF}Content-Disposition: form-data; name="link_file"; filename="x"${CRLF}${CRLF}{"signed":{"_type":"link"},"signatures":[]}${CRLF}--B--${CRLF}`,
  `--B${CRLF}Content-Disposition: form-data; name="bom_file"; filename="x"${CRLF}${CRLF}{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"properties":[null,{"name":"aibomgen:job:id","value":"../.."}]}}${CRLF}--B--${CRLF}`,
  `--B${CRLF}Content-Disposition: form-data; name="model"; filename="\u0000"${CRLF}${CRLF}x${CRLF}--B--${CRLF}`,
]

function formOf(entries: readonly (readonly [string, string, boolean])[]): FormData {
  const form = new FormData()
  for (const [name, value, isFile] of entries) form.append(name, isFile ? new File([value], name) : value)
  return form
}

const requests = (): fc.Arbitrary<FuzzedRequest> =>
  fc.constantFrom(...operations.keys()).chain((index) => {
    const operation = operationAt(index)
    const exactly = { minLength: operation.parameters.length, maxLength: operation.parameters.length }
    return fc.record({
      // By its place: a counterexample should be read.
      operation: fc.constant(index),
      path: fc.constant(operation.path),
      method: fc.oneof(
        { weight: 9, arbitrary: fc.constant(operation.method) },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
      ),
      prefix: fc.constantFrom('', '', '', '/developer', '/verifier', '//', '/%2e%2e'),
      user: fc.constantFrom(undefined, 'alice', 'alice', 'bob', 'olga', 'mallory'),
      parameters: fc.array(values(), exactly),
      headers: hostileHeaders,
      form: fc.array(fc.tuple(fc.constantFrom('x', ...operation.form), values(), fc.boolean()), { maxLength: 6 }),
      raw: fc.option(fc.oneof(fc.constantFrom(...HOSTILE_BODIES), fc.string({ maxLength: 100 })), { freq: 3 }),
    })
  })

function operationAt(index: number): Operation {
  const operation = operations[index]
  if (operation === undefined) throw new Error(`expected an operation ${index}`)
  return operation
}

interface FuzzedRequest {
  readonly operation: number
  readonly path: string
  readonly method: string
  readonly prefix: string
  readonly user: string | undefined
  readonly parameters: readonly string[]
  readonly headers: readonly (readonly [string, string])[]
  readonly form: readonly (readonly [string, string, boolean])[]
  readonly raw: string | null
}

async function send({
  operation: index,
  method,
  prefix,
  user,
  parameters,
  headers: hostile,
  form,
  raw,
}: FuzzedRequest) {
  const operation = operationAt(index)
  const query = new URLSearchParams()
  const headers = new Headers()
  let { path } = operation
  operation.parameters.forEach((parameter, index) => {
    const value = parameters[index] ?? ''
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value.toWellFormed()))
    if (parameter.in === 'query') query.set(parameter.name, value)
    if (parameter.in === 'header') headers.set(parameter.name, value.replace(/[^\x20-\x7e]/g, ''))
  })
  const hasBody = operation.form.length > 0 && method !== 'GET' && method !== 'HEAD'
  if (hasBody && raw !== null) headers.set('content-type', 'multipart/form-data; boundary=B')
  for (const [name, value] of hostile) headers.set(name, value)
  return api.ask(`${prefix}${path}?${query.toString()}`, {
    method,
    headers,
    ...(hasBody && { body: raw ?? formOf(form) }),
    ...(user !== undefined && !headers.has('authorization') && { user }),
  })
}

const runs = Number(env['FUZZ_RUNS'] ?? 10_000)
it(`answers ${runs} generated requests as the document says, and none with 5xx`, { timeout: 1_800_000 }, async () => {
  expect(operations.length).toBeGreaterThan(18)
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(requests(), async (request) => {
      const answer = await send(request)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      expect(answer.status, String(api.failures.at(-1)?.error)).toBeLessThan(500)
      const { method, prefix } = request
      const operation = operationAt(request.operation)
      const isDescribed = method === operation.method && prefix === ''
      await checkAnswer(answer, { method, ...(isDescribed && { operation }) })
    }),
    { numRuns: runs },
  )
  expect(api.failures).toEqual([])
  // Not only refusals: a fuzzer that is never let in tries nothing.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404]))
})
