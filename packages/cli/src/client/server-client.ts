/** A server of the platform, asked by `fetch`. What it answers is a stranger's: parsed, and believed in nothing signed. @module */

import {
  ArtifactError,
  collectBytes,
  ConfigError,
  parseJson,
  parseWith,
  type JsonValue,
  type Problem,
} from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'
import { createClient, type Client } from '@aibomgen/server/client'
import * as z from 'zod'

import type { Config } from '../config.ts'

/** Asks one server. Every method throws ArtifactError `SERVER_UNREACHABLE`, `SERVER_REFUSED`. */
export interface ServerClient {
  /** Where it is, without a slash at its end. */
  readonly url: string
  /** Its operations that are answered with JSON, by path and method: asks as `fetch` does. `read` takes the answers. */
  readonly api: Client
  /** The JSON of an answer, as `schema` takes it; ParseError when it is something else. */
  read<T>(schema: z.ZodType<T>, answer: Promise<Response>): Promise<T>
  /** The JSON that it answers with, as `schema` takes it; ParseError when it is something else. */
  ask<T>(schema: z.ZodType<T>, path: string, init?: RequestInit): Promise<T>
  /** Its answer as it is: the body is still to be read. */
  fetch(path: string, init?: RequestInit): Promise<Response>
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

const problemSchema = z.object({
  code: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), expected: z.string(), got: z.string() })).optional(),
})

/**
 * A client of the server that `--server` names, else AIBOMGEN_SERVER, with the token of AIBOMGEN_TOKEN.
 *
 * @throws ConfigError `USAGE` where neither names one, or a token would travel without encryption
 */
export function createServerClient(config: Config, flag: string | undefined): ServerClient {
  const url = (flag ?? config.server ?? '').replace(/\/+$/, '')
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw usage(
      `expected the URL of a server (or AIBOMGEN_SERVER), got ${url === '' ? 'nothing' : JSON.stringify(url)}`,
    )
  }
  const { protocol, hostname } = new URL(url)
  if (config.token !== undefined && protocol === 'http:' && !LOOPBACK.includes(hostname)) {
    throw usage('expected an https URL: AIBOMGEN_TOKEN does not go over the network unencrypted')
  }
  const client: ServerClient = {
    url,
    // `hc` writes whole URLs: what follows ours is the path.
    api: createClient(url, {
      fetch: (input: string | URL | Request, init?: RequestInit) => {
        const asked = input instanceof Request ? input.url : String(input)
        return client.fetch(asked.slice(url.length), init)
      },
    }),
    async read(schema, answer) {
      const response = await answer
      return parseWith(schema, await readJson(url, response), response.url || url)
    },
    async fetch(path, init = {}) {
      // `hc` brings an object of Headers, whose entries no spread finds.
      const headers = new Headers(init.headers)
      if (config.token !== undefined) headers.set('authorization', `Bearer ${config.token}`)
      const response = await reach(url, () => fetch(url + path, { redirect: 'error', ...init, headers }))
      if (!response.ok) throw await refusal(url, response)
      return response
    },
    async ask(schema, path, init) {
      const response = await client.fetch(path, init)
      return parseWith(schema, await readJson(url, response), `${url}${path}`)
    },
  }
  return client
}

/** The body of an answer, part by part; ArtifactError `SERVER_UNREACHABLE` when it breaks off. */
export async function* readBody(url: string, response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return
  const reader = response.body.getReader()
  try {
    for (;;) {
      const part = await reach(url, () => reader.read())
      if (part.done) return
      yield part.value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function readJson(url: string, response: Response): Promise<JsonValue> {
  const bytes = await collectBytes(readBody(url, response), MAX_ANSWER_BYTES)
  return parseJson(bytes, { maxBytes: MAX_ANSWER_BYTES, document: url })
}

async function reach<T>(url: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    const reason = reasonOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause)
    const message = `${url} cannot be reached: ${reason}`
    throw new ArtifactError('SERVER_UNREACHABLE', message, { url, reason }, { cause })
  }
}

/** What a server says instead of an answer: problem details (RFC 9457), or whatever stands in front of it says. */
async function refusal(url: string, response: Response): Promise<ArtifactError> {
  const { status } = response
  const { code, title, detail, problems } = await readProblem(url, response)
  const facts = { url, status, ...(code !== undefined && { code }), ...(problems && { problems }) }
  const said = problems?.map(describeProblem).join('; ') ?? detail ?? title
  const message = [`${url} answered ${status}`, code, said].filter((part) => part !== undefined && part !== '')
  return new ArtifactError('SERVER_REFUSED', message.join(': '), facts)
}

async function readProblem(url: string, response: Response): Promise<z.output<typeof problemSchema>> {
  if (response.headers.get('content-type')?.includes('json') !== true) {
    await response.body?.cancel()
    return { title: response.statusText }
  }
  const parsed = problemSchema.safeParse(await readJson(url, response))
  return parsed.success ? parsed.data : { title: response.statusText }
}

function describeProblem({ path, expected, got }: Problem): string {
  return `${path}: expected ${expected}, got ${got}`
}

function usage(reason: string): ConfigError {
  return new ConfigError('USAGE', `--server: ${reason}`, { argument: '--server', reason })
}
