/** A JSON document from another server: https, bounded in time and size, from nowhere but where it was asked for. @module */

import { collectBytes, parseJson, type JsonValue } from '@aibomgen/core'

/** `fetch` of the platform, or what stands in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const TIMEOUT_MILLISECONDS = 5_000
const MAX_BYTES = 512 * 1024

/**
 * The JSON that `url` answers with, headers and body within five seconds, at most 512 KiB.
 *
 * Redirects are refused: where keys come from is a matter of configuration, not of an answer.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`; what `fetch` throws; Error for any status but 200
 */
export async function fetchJson(fetch: Fetch, url: string): Promise<JsonValue> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  })
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Error(`${url}: expected status 200, got ${response.status}`)
  }
  return parseJson(await collectBytes(response.body, MAX_BYTES), { maxBytes: MAX_BYTES, document: url })
}
