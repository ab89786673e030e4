/** Takes out of log facts what nobody may read in a log, and what would make a log endless. @module */

/** What stands where something secret stood. */
export const REDACTED = '[redacted]'

const MAX_DEPTH = 8
const MAX_MEMBERS = 100
const MAX_TEXT = 4096

/** Members whose value is never shown, however it is spelled: `authorization`, `apiToken`, `X-Amz-Signature`. */
const SECRET_NAME =
  /authorization|token|jwt|passphrase|password|passwd|secret|cookie|signature|payload|private|credential|seed|api[-_]?key|database[-_]?url|^(sig|key|value)$/i

/** Secrets that give themselves away inside a text, each with what is kept of it. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  // User and password of a URL: postgres://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${REDACTED}@`],
  // Members of a query or form: X-Amz-Signature=…, access_token=…
  [/\b([\w-]*(?:token|signature|credential|password|secret)[\w-]*=)[^\s&"']+/gi, `$1${REDACTED}`],
  // JSON Web Tokens: their header begins with {"
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
]

/** `text` without what looks like a secret, cut where it is longer than 4096 characters. */
export function redactText(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  return SECRET_TEXTS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), short)
}

/**
 * `value` as plain JSON without secrets: by the names of members, and by what texts look like. Bytes become their
 * count, errors their class, code, message and cause; what contains itself is cut there.
 */
export function redact(value: unknown): unknown {
  return redactWithin(value, [])
}

function redactWithin(value: unknown, around: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Date) return String(value)
  if (around.includes(value)) return '[circular]'
  if (around.length >= MAX_DEPTH) return '[too deep]'
  const within = (member: unknown): unknown => redactWithin(member, [...around, value])
  if (value instanceof Error) return redactError(value, within)
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map(within)
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([name, member]) => [name, SECRET_NAME.test(name) ? REDACTED : within(member)]),
  )
}

function redactError(error: Error, within: (member: unknown) => unknown): object {
  return {
    class: error.name,
    ...('code' in error && { code: within(error.code) }),
    message: redactText(error.message),
    ...('detail' in error && { detail: within(error.detail) }),
    ...(error.cause !== undefined && { cause: within(error.cause) }),
    // The first line is the message again.
    stack: redactText(error.stack?.split('\n').slice(1, 12).join('\n') ?? ''),
  }
}
