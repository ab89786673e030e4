/** What was thrown, in words: anything can be, and not all of it is an error. @module */

import { inspect } from 'node:util'

/** What a line may hold of something that nobody made for reading. */
const MAX_CHARACTERS = 500

/**
 * A thrown value as a person may read it. Emscripten, for one, throws objects that look like errors and are none; and
 * what Node.js throws of several failed connections has no message of its own.
 */
export function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string' && thrown !== '') return shorten(thrown)
  if (typeof thrown !== 'object' || thrown === null) return `thrown: ${inspect(thrown)}`
  const name = textOf(thrown, 'name') ?? textOf(thrown, 'code')
  const message = textOf(thrown, 'message') ?? describeParts(thrown)
  if (message !== undefined) return shorten(name === undefined ? message : `${name}: ${message}`)
  if (thrown instanceof Error) return shorten(`${thrown.name} without a message`)
  return shorten(`thrown: ${inspect(thrown, { depth: 1, breakLength: Infinity, compact: true })}`)
}

function describeParts(thrown: object): string | undefined {
  if (!(thrown instanceof AggregateError) || thrown.errors.length === 0) return undefined
  return thrown.errors.map((part: unknown) => describeThrown(part)).join('; ')
}

function textOf(thrown: object, member: string): string | undefined {
  const value: unknown = Reflect.get(thrown, member)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function shorten(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`
}
