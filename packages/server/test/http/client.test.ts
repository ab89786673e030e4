/** The typed client asks for what there is. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createClient } from '../../src/client/index.ts'
import { createApi, type Api, type Json } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await createApi()
})
afterAll(() => api[Symbol.asyncDispose]())

describe('the typed client', () => {
  it('knows no operation that the OpenAPI document does not', async () => {
    const { paths }: Json = await (await api.ask('/openapi.json')).json()
    const source = await readFile(join(import.meta.dirname, '../../src/client/index.ts'), 'utf8')
    const schema = source.slice(source.indexOf('ApiSchema = {'), source.indexOf('/** A client:'))
    let path = ''
    let operations = 0
    for (const [, named, method] of schema.matchAll(/'(\/[^']*)':|\$(get|post|delete):/g)) {
      if (named !== undefined) path = named.replace(/:(\w+)/g, '{$1}')
      if (method === undefined) continue
      operations += 1
      expect(paths[path]?.[method], `${method} ${path}`).toBeDefined()
    }
    expect(operations).toBeGreaterThan(11)
  })

  it('asks, and is answered as its types say', async () => {
    const id = await api.submitWine('alice')
    const client = createClient('http://localhost', {
      headers: { authorization: 'Bearer alice' },
      fetch: (input: string | URL | Request, init?: RequestInit) => api.app.request(input, init),
    })
    const status = await client.job_status[':job_id'].$get({ param: { job_id: id } })
    const { job, status: word } = await status.json()
    expect([job.job_id, word]).toEqual([id, 'pending'])
    const list = await (await client.jobs.$get({ query: { limit: '1' } })).json()
    expect(list.jobs.map(({ job_id }) => job_id)).toEqual([id])
    expect((await (await client.jobs[':id'].cancel.$post({ param: { id } })).json()).state).toBe('cancelled')
  })
})
