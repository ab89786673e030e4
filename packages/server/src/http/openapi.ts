/** How routes are described, checked and documented. @module */

import { describeProblems, describeZodError, ParseError } from '@aibomgen/core'
import { OpenAPIHono, type Hook } from '@hono/zod-openapi'
import * as z from 'zod'

import type { AppEnv } from './app-deps.ts'
import { PROBLEM_TYPE } from './problem.ts'

/** A set of routes. */
export type Router = OpenAPIHono<AppEnv>

/** An OpenAPI document, or a part of one. */
export type OpenApiObject = Readonly<Record<string, unknown>>

/** An answer of a route, as its description lists it. */
export interface DescribedAnswer<T> {
  readonly description: string
  readonly content: { readonly 'application/json': { readonly schema: z.ZodType<T> } }
}

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    problems: z.array(z.object({ path: z.string(), expected: z.string(), got: z.string() })).optional(),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' })

/** Refuses what a route's schemas refuse, naming every problem. */
const refuseInvalid: Hook<unknown, AppEnv, string, unknown> = (result) => {
  if (result.success) return
  const detail = describeZodError(result.error, `request ${result.target}`, undefined)
  throw new ParseError('DOCUMENT_INVALID', describeProblems(detail), detail, { cause: result.error })
}

/** An empty set of routes, whose schemas are held to. */
export function createRouter(): Router {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
}

/**
 * A member that may be left out, and is never `undefined`. What zod has for that, `exactOptional`, is documented as
 * required by the generator, which asks whether a schema takes `undefined`: so this one does, and its type does not say so.
 */
export function leftOut<Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> {
  return schema.optional() as unknown as z.ZodExactOptional<Schema>
}

/** An answer in JSON. */
export function answerOf<T>(description: string, schema: z.ZodType<T>): DescribedAnswer<T> {
  return { description, content: { 'application/json': { schema } } }
}

/** The answers of a route that are problems, by status. What any route needs may be away: 503 is one of them. */
export function problemAnswers(...statuses: readonly number[]): Readonly<Record<string, OpenApiObject>> {
  const content = { [PROBLEM_TYPE]: { schema: problemSchema } }
  return Object.fromEntries(
    [...statuses, 503].map((status) => [String(status), { description: PROBLEMS[status] ?? '', content }]),
  )
}

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read, or asks for what is out of range',
  401: 'A bearer token is needed, or the one that came is not believed',
  403: 'Another role is needed',
  404: 'There is no such thing, or none that the caller may see',
  409: 'The job is not in a state in which that can be done',
  413: 'More than is taken',
  416: 'There are no such bytes',
  429: 'Too often, or too many at once',
  503: 'Database, store or identity provider is away: ask again after `Retry-After`',
}

/** Fields of a form, as its description lists them; what reads them is `readForm`. */
export interface FormFields {
  readonly files: Readonly<Record<string, string>>
  readonly texts?: Readonly<Record<string, OpenApiObject>>
}

/**
 * The description of a multipart form. A schema that is no zod schema documents, and reads no body: bodies are streamed.
 */
export function formBody({ files, texts = {} }: FormFields): {
  readonly required: true
  readonly content: { readonly 'multipart/form-data': { readonly schema: OpenApiObject } }
} {
  const binaries = Object.entries(files).map(
    ([name, description]) => [name, { type: 'string', format: 'binary', description }] as const,
  )
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(files),
    properties: { ...Object.fromEntries(binaries), ...texts },
  }
  return { required: true, content: { 'multipart/form-data': { schema } } }
}

/** The description of a JSON body; what reads it is `readJsonBody`. */
export function jsonBody(schema: OpenApiObject): {
  readonly required: true
  readonly content: { readonly 'application/json': { readonly schema: OpenApiObject } }
} {
  return { required: true, content: { 'application/json': { schema } } }
}

/** The document of all routes. */
export function buildOpenApiDocument(app: Router, version: string): OpenApiObject {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'AIBoMGen',
      version,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      description:
        'A trusted place to train a model. Whoever trains here gets an AI Bill of Materials and in-toto evidence with it. ' +
        'The first eight operations are those of the Python original, which are also served under /developer and /verifier.',
    },
    security: [{ bearer: [] }],
  })
  // Hono's way to let a parameter hold slashes.
  const paths = Object.entries(document.paths ?? {}).map(
    ([path, item]) => [path.replaceAll('{.+}', ''), item as OpenApiObject] as const,
  )
  return { ...document, paths: Object.fromEntries(paths) }
}
