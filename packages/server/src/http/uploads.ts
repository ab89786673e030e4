/** Multipart forms, read in one pass: each file goes where it belongs while it arrives. @module */

import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

import { ParseError, SdkError, type Problem } from '@aibomgen/core'
import { Busboy, type BusboyInstance } from '@fastify/busboy'

import { MAX_FILE_NAME_CHARACTERS, MAX_FORM_PARTS, MAX_PART_HEADER_BYTES, MAX_TEXT_BYTES } from './limits.ts'

/** Which fields a form has: files with what takes them, all of them asked for; texts, none of them. */
export interface FormShape<Taken> {
  /**
   * What takes a file's bytes, to the end or to an error of its own. What it made of a file is lost when another part
   * of the form is refused: it must be such that nobody misses it.
   */
  readonly files: { readonly [Name in keyof Taken]: (bytes: AsyncIterable<Uint8Array>) => Promise<Taken[Name]> }
  readonly texts: readonly string[]
}

/** A file of a form. `name` is its last segment as the client calls it: data for people, never a path. */
export interface TakenFile<T> {
  readonly name: string
  readonly taken: T
}

/** A form, whole. */
export interface Form<Taken> {
  readonly files: { readonly [Name in keyof Taken]: TakenFile<Taken[Name]> }
  readonly texts: ReadonlyMap<string, string>
}

/**
 * The form that a request posts. Parts come in any order; each field comes once; a field that the form does not have is
 * refused by its name. Nothing is kept in memory but texts, and what a file's taker keeps.
 *
 * `countUpload` is told of the bytes of files as they come. When anything is wrong no more is read, and every taker has ended, with an error, before this throws.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `ENCODING_INVALID`, `LIMIT_EXCEEDED`; what a taker throws
 */
export async function readForm<Taken extends object>(
  request: Request,
  shape: FormShape<Taken>,
  countUpload?: (field: string, sizeBytes: number) => void,
): Promise<Form<Taken>> {
  const parser = createParser(request.headers.get('content-type') ?? '')
  const reading = new FormReading<Taken>(shape, countUpload)
  parser.on('file', (field: string | undefined, file, name) => reading.takeFile(field, file, name))
  parser.on('field', (field: string | undefined, value, _fieldTruncated, truncated) =>
    reading.takeText(field, value, truncated),
  )
  parser.on('partsLimit', () => reading.refuse(tooMany('parts', MAX_FORM_PARTS)))
  parser.on('error', (cause) => reading.refuse(malformed('its parts, whole', cause)))
  const stream: ReadableStream<Uint8Array> | null = request.body
  const body = stream?.getReader()
  try {
    for (
      let part = await body?.read();
      part !== undefined && !part.done;
      part = await reading.orRefused(body?.read())
    ) {
      const { value } = part
      await reading.passes((passed) => parser.write(value, passed))
    }
    await reading.passes((passed) => parser.once('finish', passed).end())
    return await reading.finish()
  } catch (cause) {
    reading.refuse(cause instanceof SdkError ? cause : malformed('its parts, whole', cause))
    await body?.cancel().catch(() => undefined)
    return reading.end()
  }
}

class FormReading<Taken extends object> {
  readonly #shape: FormShape<Taken>
  readonly #countUpload: (field: string, sizeBytes: number) => void
  readonly #refused = new AbortController()
  readonly #files = new Map<string, TakenFile<unknown>>()
  readonly #texts = new Map<string, string>()
  readonly #seen = new Set<string>()
  readonly #open = new Set<Readable>()
  readonly #takings: Promise<void>[] = []

  constructor(shape: FormShape<Taken>, countUpload: (field: string, sizeBytes: number) => void = () => undefined) {
    this.#shape = shape
    this.#countUpload = countUpload
  }

  /** Refuses the form: the first reason counts. */
  refuse(reason: unknown): void {
    this.#refused.abort(reason)
  }

  takeFile(field: string | undefined, file: Readable, name: string): void {
    // The parser tells of a body that was cut off first; what it then tells the file says nothing more, or nothing.
    file.on('error', () => undefined)
    const refused = this.#refused.signal
    const countUpload = this.#countUpload
    const whole = async function* (name: string): AsyncGenerator<Uint8Array, void> {
      for await (const bytes of file as AsyncIterable<Uint8Array>) {
        countUpload(name, bytes.length)
        yield bytes
      }
      refused.throwIfAborted()
    }
    const taker = field === undefined ? undefined : this.#takers().get(field)
    const problem = this.#problemWith(field, taker !== undefined, 'a file') ?? problemWithName(field ?? '', name)
    if (problem !== undefined || field === undefined || taker === undefined) {
      file.resume()
      this.refuse(invalid(problem === undefined ? [] : [problem]))
      return
    }
    this.#open.add(file)
    const taking = async (): Promise<void> => {
      try {
        this.#files.set(field, { name, taken: await taker(whole(field)) })
        this.#open.delete(file)
      } catch (error) {
        this.refuse(error)
      }
    }
    this.#takings.push(taking())
  }

  takeText(field: string | undefined, value: string, truncated: boolean): void {
    const problem = this.#problemWith(field, field !== undefined && this.#shape.texts.includes(field), 'a text')
    if (problem !== undefined) this.refuse(invalid([problem]))
    else if (truncated) this.refuse(tooMany(`bytes of the field ${JSON.stringify(field)}`, MAX_TEXT_BYTES))
    else if (field !== undefined) this.#texts.set(field, value)
  }

  /** What comes next, unless the form is refused meanwhile: a client may send nothing for long. */
  async orRefused<T>(next: Promise<T> | undefined): Promise<T | undefined> {
    const { signal } = this.#refused
    const { promise: refused, reject } = Promise.withResolvers<never>()
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop)
    try {
      signal.throwIfAborted()
      return await Promise.race([next, refused])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /**
   * Returns when the parser has got through with a step. On some bodies it never does, such as one that goes on in the
   * middle of a line after its last boundary: one that waits for nobody, and is not through, is stuck.
   */
  async passes(step: (passed: () => void) => void): Promise<void> {
    let isThrough = false
    const through = new Promise<void>((resolve) => {
      step(() => {
        isThrough = true
        resolve()
      })
    })
    await Promise.race([through, this.#idle()])
    this.#refused.signal.throwIfAborted()
    if (!isThrough) throw malformed('its parts, whole, and nothing but them')
  }

  /** Returns when no file is being taken, and all that was due at once has happened. */
  async #idle(): Promise<void> {
    let count: number
    do {
      count = this.#takings.length
      await Promise.all(this.#takings)
      await setImmediate()
      await setImmediate()
    } while (count < this.#takings.length)
  }

  /** Ends what still takes bytes, waits for it, and throws the reason. */
  async end(): Promise<never> {
    for (const file of this.#open) file.destroy(malformed('its parts, whole'))
    await Promise.all(this.#takings)
    throw this.#refused.signal.reason
  }

  /** The form, when all of it is there. */
  async finish(): Promise<Form<Taken>> {
    await Promise.all(this.#takings)
    this.#refused.signal.throwIfAborted()
    const missing = [...this.#takers().keys()].filter((field) => !this.#files.has(field))
    if (missing.length > 0) {
      throw invalid(missing.map((path) => ({ path, expected: 'a file', got: 'no such field' })))
    }
    // Every name of the shape is there, with what its own taker gave.
    return { files: Object.fromEntries(this.#files) as Form<Taken>['files'], texts: this.#texts }
  }

  #takers(): ReadonlyMap<string, (bytes: AsyncIterable<Uint8Array>) => Promise<unknown>> {
    return new Map(Object.entries(this.#shape.files))
  }

  #problemWith(field: string | undefined, isKnown: boolean, kind: 'a file' | 'a text'): Problem | undefined {
    if (field === undefined) return { path: '', expected: 'a name for every field', got: `${kind} without one` }
    const path = field.slice(0, 100)
    if (!isKnown) {
      const otherKind = kind === 'a file' ? this.#shape.texts.includes(field) : this.#takers().has(field)
      const expected = otherKind ? (kind === 'a file' ? 'a text' : 'a file') : 'no such field'
      return { path, expected, got: kind }
    }
    if (this.#seen.has(field)) return { path, expected: 'each field once', got: 'the field again' }
    this.#seen.add(field)
    return undefined
  }
}

function createParser(contentType: string): BusboyInstance {
  if (!/^multipart\/form-data *;/i.test(contentType)) {
    throw malformed(
      `content type multipart/form-data with a boundary, got ${JSON.stringify(contentType.slice(0, 100))}`,
    )
  }
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (_field, _contentType, fileName) => fileName !== undefined,
      limits: {
        parts: MAX_FORM_PARTS,
        fieldSize: MAX_TEXT_BYTES,
        headerPairs: 16,
        headerSize: MAX_PART_HEADER_BYTES,
      },
    })
  } catch (cause) {
    throw malformed('a boundary in its content type', cause)
  }
}

function problemWithName(field: string, name: string): Problem | undefined {
  const fits = name !== '' && name.length <= MAX_FILE_NAME_CHARACTERS && name.isWellFormed()
  if (fits && !/[\u0000-\u001f\u007f]/.test(name)) return undefined
  const expected = `a file name of 1 to ${MAX_FILE_NAME_CHARACTERS} characters, none of them a control character`
  return { path: field, expected, got: JSON.stringify(name.slice(0, 100)) }
}

function invalid(problems: readonly Problem[]): ParseError {
  const [first] = problems
  const message =
    first === undefined ? 'form: not as expected' : `form: ${first.path}: expected ${first.expected}, got ${first.got}`
  return new ParseError('DOCUMENT_INVALID', message, { document: 'form', problems })
}

function malformed(expected: string, cause?: unknown): ParseError {
  return new ParseError(
    'ENCODING_INVALID',
    `form: expected ${expected}`,
    { encoding: 'multipart/form-data' },
    { cause },
  )
}

function tooMany(what: string, limit: number): ParseError {
  const message = `form: expected at most ${limit} ${what}, got more`
  return new ParseError('LIMIT_EXCEEDED', message, { what, limit, actual: limit + 1 })
}
