/** The OpenAPI document as a page for people: `docs/http-api.md`. */

import { STATUS_BY_CODE } from '../../src/http/problem.ts'
import type { Json } from './api.ts'

const HEAD = `# HTTP API

Made from the OpenAPI document, which a server tells at \`/openapi.json\` (and shows at \`/docs\`); a test holds this page to it. To make it anew: \`UPDATE_DOCS=1 vitest run packages/server/test/http/http-api-doc.test.ts\`.

Every call but those that say "anybody" needs \`Authorization: Bearer …\`: an access token of the identity provider, or an API token. What goes wrong is answered with problem details (RFC 9457): \`{type, title, status, code, detail?, problems?, request_id}\`; programs go by \`code\` ([below](#problems)). Anybody may also read \`/openapi.json\` and \`/docs\`; the dashboard, \`GET /\`, is for who is signed in. The developer's operations are served under \`/developer\` too, the verifier's under \`/verifier\`, as in the Python original.
`

const TAGS: readonly (readonly [tag: string, title: string])[] = [
  ['developer', 'The developer'],
  ['verifier', 'The verifier'],
  ['jobs', 'Jobs'],
  ['tokens', 'API tokens'],
  ['operation', 'Operation'],
]

/** The page. */
export function renderApi(document: Json): string {
  const operations = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, operation]) => ({
      ...operation,
      title: `${method.toUpperCase()} ${path}`,
    })),
  )
  const sections = TAGS.map(([tag, title]) => {
    const own = operations.filter(({ tags }) => tags[0] === tag)
    return `## ${title}\n\n${own.map((operation) => renderOperation(operation)).join('\n')}`
  })
  const unknown = operations.filter(({ tags }) => !TAGS.some(([tag]) => tag === tags[0]))
  if (unknown.length > 0) throw new Error(`no section for ${unknown.map(({ title }) => title).join(', ')}`)
  const schemas = Object.entries<Json>(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1))
  const answers = schemas.map(([name, schema]) => `- \`${name}\`: ${describeSchema(schema)}`)
  return `${HEAD}\n${sections.join('\n')}\n## Answers in JSON\n\n${answers.join('\n')}\n\n${renderProblems()}`
}

function renderProblems(): string {
  const codes = (wanted: number): string =>
    Object.entries(STATUS_BY_CODE)
      .flatMap(([code, status]) => (status === wanted ? [`\`${code}\``] : []))
      .join(', ')
  const rows: readonly (readonly [status: number, codes: string])[] = [
    [400, 'every other code of `ParseError`'],
    [401, codes(401)],
    [403, codes(403)],
    [404, `${codes(404)}; \`NOT_FOUND\`: no such path`],
    [409, codes(409)],
    [413, codes(413)],
    [416, codes(416)],
    [422, 'every other code of `VerificationError`, `CryptoError` and `TrainingError`'],
    [429, codes(429)],
    [500, `${codes(500)}, every other code; \`INTERNAL\`: a mistake of ours`],
    [503, codes(503)],
  ]
  const missing = Object.values(STATUS_BY_CODE).filter((status) => !rows.some(([known]) => known === status))
  if (missing.length > 0) throw new Error(`no row for status ${missing.join(', ')}`)
  const lines = rows.map(([status, which]) => `| ${status} | ${which} |`)
  const head =
    'Codes are those of [`@aibomgen/core`](../packages/core/README.md#errors); `HTTP` is said, with any status, of what the framework under it refuses by itself.'
  return `## Problems\n\n${head}\n\n| status | code |\n| --- | --- |\n${lines.join('\n')}\n`
}

function renderOperation(operation: Json): string {
  const { title, summary, description, parameters = [], requestBody, responses, security } = operation
  const isOpen = Array.isArray(security) && security.length === 0
  const lines = [
    `### \`${title}\``,
    '',
    `${summary}.${isOpen ? ' Anybody may ask.' : ''}${description ? ` ${description}` : ''}`,
    '',
  ]
  for (const { name, in: where, schema, description: what } of parameters) {
    if (where !== 'path') lines.push(`- ${where} \`${name}\`: ${describeSchema(schema)}${what ? `. ${what}` : ''}`)
  }
  for (const [type, { schema }] of Object.entries<Json>(requestBody?.content ?? {})) {
    lines.push(`- body, \`${type}\`: ${describeSchema(schema)}`)
  }
  for (const [status, { description: what, content = {} }] of Object.entries<Json>(responses)) {
    const [[type, { schema }] = ['', {}]] = Object.entries<Json>(content)
    if (type === 'application/problem+json') continue
    lines.push(
      `- ${status}: ${what}${type === '' ? '' : type === 'application/json' ? `, ${describeSchema(schema)}` : `, \`${type}\``}`,
    )
  }
  const problems = Object.entries<Json>(responses).filter(([, { content }]) => content?.['application/problem+json'])
  if (problems.length > 0) lines.push(`- ${problems.map(([status]) => status).join(', ')}: a problem`)
  return `${lines.join('\n')}\n`
}

/** A schema in a few words. */
function describeSchema(schema: Json): string {
  if (schema.$ref) return `\`${schema.$ref.split('/').at(-1)}\``
  if (schema.enum) return schema.enum.map((value: unknown) => `\`${JSON.stringify(value)}\``).join(' \\| ')
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.anyOf) return schema.anyOf.map(describeSchema).join(' or ')
  if (schema.type === 'array') return `list of ${describeSchema(schema.items)}`
  if (schema.type === 'object') {
    if (!schema.properties) return 'names to values'
    const members = Object.entries<Json>(schema.properties).map(([name, member]) => {
      const isRequired = schema.required?.includes(name) === true
      const nested = member.properties === undefined ? '' : ` ${describeSchema(member)}`
      return `\`${name}${isRequired ? '' : '?'}\`${nested}`
    })
    return `{${members.join(', ')}}`
  }
  const range = [schema.minimum, schema.maximum].some((bound) => bound !== undefined)
    ? `, ${schema.minimum ?? '…'} to ${schema.maximum ?? '…'}`
    : ''
  const otherwise = schema.default === undefined ? '' : ` (${JSON.stringify(schema.default)})`
  return `${schema.type ?? 'anything'}${range}${otherwise}`
}
