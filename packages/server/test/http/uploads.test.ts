/** Forms, in one pass: whole ones, and what strangers send instead. @module */

import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { collectBytes, ParseError, utf8Encode, type StoredArtifact } from '@aibomgen/core'
import { MemoryArtifactStore } from '@aibomgen/storage/memory'
import { getRequestListener } from '@hono/node-server'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'

import { readForm, type Form } from '../../src/http/uploads.ts'

const MAX_BYTES = 2 ** 20

interface Files {
  readonly model: StoredArtifact
  readonly data: StoredArtifact
}

function read(request: Request, store: MemoryArtifactStore = new MemoryArtifactStore()): Promise<Form<Files>> {
  const keep = (bytes: AsyncIterable<Uint8Array>): Promise<StoredArtifact> => store.put(bytes, { maxBytes: MAX_BYTES })
  return readForm(request, { files: { model: keep, data: keep }, texts: ['epochs', 'author'] })
}

function post(
  body: string | Uint8Array | ReadableStream<Uint8Array>,
  type = 'multipart/form-data; boundary=B',
): Request {
  const bytes = body instanceof Uint8Array ? Uint8Array.from(body) : body
  return new Request('http://x/', {
    method: 'POST',
    headers: { 'content-type': type },
    body: bytes,
    duplex: 'half',
  })
}

const part = (disposition: string, content: string, type = ''): string =>
  `--B\r\nContent-Disposition: form-data; ${disposition}\r\n${type && `Content-Type: ${type}\r\n`}\r\n${content}\r\n`
const model = part('name="model"; filename="m.keras"', 'a model')
const data = part('name="data"; filename="d.csv"', 'some data')
const end = '--B--\r\n'

describe('a form', () => {
  it.each([
    ['files before texts', model + data + part('name="epochs"', '3') + end],
    ['texts before files', part('name="epochs"', '3') + data + model + end],
    ['an epilogue', `${model}${data}${part('name="epochs"', '3')}${end}and so on`],
  ])('is read with %s', async (_what, body) => {
    const store = new MemoryArtifactStore()
    const { files, texts } = await read(post(body), store)
    expect([files.model.name, files.data.name]).toEqual(['m.keras', 'd.csv'])
    expect(await collectBytes(await store.open(files.model.taken.sha256), 100)).toEqual(utf8Encode('a model'))
    expect([...texts]).toEqual([['epochs', '3']])
  })

  it.each([
    ['a path', 'filename="../../etc/passwd"', 'passwd'],
    ['a path of Windows', String.raw`filename="C:\evil\x.csv"`, 'x.csv'],
    ['other scripts', 'filename="Käse 数据.csv"', 'Käse 数据.csv'],
  ])('takes %s in a file name for data', async (_what, name, expected) => {
    const { files } = await read(post(model + part(`name="data"; ${name}`, 'x') + end))
    expect(files.data.name).toBe(expected)
  })

  it('is the same however its bytes are cut into pieces', async () => {
    const whole = utf8Encode(model + data + part('name="author"', 'Zoë') + end)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: whole.length }), { maxLength: 8 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            places.forEach((from, index) => controller.enqueue(whole.slice(from, places[index + 1] ?? from)))
            controller.close()
          },
        })
        const { files, texts } = await read(post(body))
        expect(files.data.taken.sizeBytes).toBe(9)
        expect(texts.get('author')).toBe('Zoë')
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is no form', () => {
  it.each([
    ['JSON', post('{}', 'application/json'), 'ENCODING_INVALID'],
    ['an urlencoded form', post('epochs=3', 'application/x-www-form-urlencoded'), 'ENCODING_INVALID'],
    ['no content type', new Request('http://x/', { method: 'POST' }), 'ENCODING_INVALID'],
    ['no boundary', post(model, 'multipart/form-data'), 'ENCODING_INVALID'],
    ['another boundary', post(model + data + end, 'multipart/form-data; boundary=C'), 'ENCODING_INVALID'],
    ['no body', post(''), 'ENCODING_INVALID'],
    ['a body cut off in a header', post(`${model}--B\r\nContent-Dispo`), 'ENCODING_INVALID'],
    ['a body cut off in a file', post(model + data.slice(0, -6)), 'ENCODING_INVALID'],
    ['a body cut off in a text', post(`${model}${data}${part('name="epochs"', '3').slice(0, -2)}`), 'ENCODING_INVALID'],
    ['a file missing', post(model + end), 'DOCUMENT_INVALID'],
    ['a file twice', post(model + model + data + end), 'DOCUMENT_INVALID'],
    ['a text twice', post(model + data + part('name="epochs"', '3').repeat(2) + end), 'DOCUMENT_INVALID'],
    ['an unknown file', post(part('name="shell"; filename="x.sh"', 'rm') + model + data + end), 'DOCUMENT_INVALID'],
    ['an unknown text', post(part('name="__proto__"', '1') + model + data + end), 'DOCUMENT_INVALID'],
    ['a field without a name', post(part('filename="x"', '1') + model + data + end), 'DOCUMENT_INVALID'],
    ['a text for a file', post(part('name="model"', 'x') + data + end), 'DOCUMENT_INVALID'],
    ['a file for a text', post(part('name="epochs"; filename="x"', '3') + model + data + end), 'DOCUMENT_INVALID'],
    ['NUL in a file name', post(part('name="model"; filename="m\0.keras"', 'x') + data + end), 'DOCUMENT_INVALID'],
    ['no file name', post(part('name="model"; filename=""', 'x') + data + end), 'DOCUMENT_INVALID'],
    [
      'a long file name',
      post(part(`name="model"; filename="${'m'.repeat(2000)}"`, 'x') + data + end),
      'DOCUMENT_INVALID',
    ],
    ['10 000 fields', post(part('name="x"', '1').repeat(10_000) + model + data + end), 'DOCUMENT_INVALID'],
    ['a huge text', post(part('name="author"', 'x'.repeat(70_000)) + model + data + end), 'LIMIT_EXCEEDED'],
    [
      'huge headers',
      post(`--B\r\nContent-Disposition: form-data; name="epochs"\r\nX: ${'x'.repeat(50_000)}\r\n\r\n3\r\n${end}`),
      'DOCUMENT_INVALID',
    ],
    [
      'a huge file',
      post(part('name="model"; filename="m"', 'x'.repeat(MAX_BYTES + 1)) + data + end),
      'ARTIFACT_TOO_LARGE',
    ],
  ])('%s is refused, and leaves nothing half taken', async (_what, request, code) => {
    const store = new MemoryArtifactStore()
    const reading = read(request, store)
    await expect(reading).rejects.toMatchObject({ code })
    for await (const { sizeBytes } of store.list()) expect([7, 9]).toContain(sizeBytes)
  })

  it('never fails with anything but a reason', async () => {
    const pieces = fc.constantFrom(
      '--B',
      '--B--',
      '\r\n',
      'Content-Disposition: form-data;',
      ' name="model"',
      '; filename="m"',
      model,
      data,
      'x',
      '\0',
      '"',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (body) => {
        const error = await read(post(body.join(''))).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        expect(error === undefined || error instanceof ParseError).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('over a real connection', () => {
  let server: Server | undefined
  afterEach(async () => {
    server?.closeAllConnections()
    server?.close()
  })

  /** A server that reads forms, and what became of the last one. */
  async function listen(
    take: (bytes: AsyncIterable<Uint8Array>) => Promise<number>,
  ): Promise<{ port: number; outcome: Promise<unknown> }> {
    const { promise: outcome, resolve } = Promise.withResolvers<unknown>()
    const answer = async (request: Request): Promise<Response> => {
      const reading = readForm(request, { files: { model: take }, texts: [] })
      resolve(reading.catch((error: unknown) => error))
      const status = await reading.then(
        () => 200,
        () => 400,
      )
      return new Response(null, { status })
    }
    server = createServer((incoming, outgoing) => void getRequestListener(answer)(incoming, outgoing))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { port: (server.address() as AddressInfo).port, outcome }
  }

  const HEAD = utf8Encode('--B\r\nContent-Disposition: form-data; name="model"; filename="m"\r\n\r\n')
  const headers = { 'content-type': 'multipart/form-data; boundary=B' }

  it('reads no faster than the file is taken, and keeps nothing of it', async () => {
    const chunk = new Uint8Array(2 ** 20)
    let written = 0
    let most = 0
    const { port, outcome } = await listen(async (bytes) => {
      let taken = 0
      for await (const { length } of bytes) {
        taken += length
        most = Math.max(most, written - taken)
        await new Promise((resolve) => setImmediate(resolve))
      }
      return taken
    })
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield HEAD
      for (let count = 0; count < 64; count++) {
        written += chunk.length
        yield chunk
      }
      yield utf8Encode('\r\n--B--\r\n')
    }
    const init = { method: 'POST', headers, body: ReadableStream.from(body()), duplex: 'half' } as RequestInit
    expect((await fetch(`http://127.0.0.1:${port}/`, init)).status).toBe(200)
    expect(await outcome).toMatchObject({ files: { model: { taken: 64 * 2 ** 20 } } })
    expect(most).toBeLessThan(24 * 2 ** 20)
  })

  it('ends the taker when the client goes away', async () => {
    let ended: unknown
    const { port, outcome } = await listen(async (bytes) => {
      try {
        return (await collectBytes(bytes, 2 ** 30)).length
      } catch (error) {
        ended = error
        throw error
      }
    })
    const client = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers })
    client.on('error', () => undefined)
    client.write(HEAD)
    client.write(new Uint8Array(100_000), () => client.destroy())
    expect(await outcome).toMatchObject({ code: 'ENCODING_INVALID' })
    expect(ended).toMatchObject({ code: 'ENCODING_INVALID' })
  })
})
