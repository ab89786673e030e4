/** One job, one trace: from the request to the release, as a collector receives it. */

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { createPlace, wineFlags } from '../run-cli.ts'
import { startServer, stop } from './running-server.ts'

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
  readonly service: string
}

const spans: Span[] = []
const headers: IncomingHttpHeaders[] = []

/** What an OTLP request in JSON holds. */
function keepSpans({ resourceSpans }: ReturnType<typeof JSON.parse>): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const named = resource.attributes.find(({ key }: { key: string }) => key === 'service.name')
    for (const scope of scopeSpans) {
      for (const span of scope.spans) spans.push({ ...span, service: named.value.stringValue })
    }
  }
}

let collector: Server
beforeAll(async () => {
  collector = createServer((request, response) => {
    headers.push(request.headers)
    void text(request).then((body) => {
      keepSpans(JSON.parse(body))
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await once(collector.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => collector.close())

it('tells a collector of one connected trace for one job, from submission to publication', async () => {
  const { port } = collector.address() as AddressInfo
  await using place = await createPlace({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector=ours',
  })
  const server = await startServer(place)
  const submitted = await place.run('submit', '--server', server.url, ...wineFlags, '--wait', '--json')
  expect(submitted.exitCode, submitted.stderr).toBe(0)
  const { job_id: id } = JSON.parse(submitted.stdout)
  // What is left is sent when the server stops.
  await stop(server)

  expect(headers[0]).toMatchObject({ 'content-type': 'application/json', 'x-collector': 'ours' })
  const root = spans.find(({ name }) => name === 'POST /submit_job_by_model_and_data')
  expect(root).toBeDefined()
  expect(root?.parentSpanId ?? '').toBe('')
  expect(root?.service).toBe('aibomgen-server')
  const own = spans.filter(({ traceId }) => traceId === root?.traceId)
  const children = (parent: Span | undefined): Span[] =>
    own.filter(({ parentSpanId }) => parentSpanId === parent?.spanId)
  const names = (parent: Span | undefined): string[] => children(parent).map(({ name }) => name)
  expect(names(root).sort()).toEqual(['issue and publish', 'run job'])
  const [run] = children(root).filter(({ name }) => name === 'run job')
  const [publication] = children(root).filter(({ name }) => name === 'issue and publish')
  expect(names(run)).toEqual(['stage inputs', 'train', 'record run'])
  expect(names(publication)).toEqual(['issue', 'publish'])
  expect(own).toHaveLength(8)
  for (const span of [run, publication]) {
    expect(span?.attributes).toContainEqual({ key: 'aibomgen.job.id', value: { stringValue: id } })
  }
}, 240_000)
