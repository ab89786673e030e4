/** `docs/http-api.md` says what the OpenAPI document says. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { env } from 'node:process'

import { format, resolveConfig } from 'prettier'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createApi, type Api, type Json } from './api.ts'
import { renderApi } from './render-api.ts'

const PAGE = join(import.meta.dirname, '../../../../docs/http-api.md')

let api: Api
beforeAll(async () => {
  api = await createApi()
})
afterAll(() => api[Symbol.asyncDispose]())

it('is told in docs/http-api.md as it is', async () => {
  const document: Json = await (await api.ask('/openapi.json')).json()
  const page = await format(renderApi(document), { ...(await resolveConfig(PAGE)), filepath: PAGE })
  if (env['UPDATE_DOCS'] === '1') await writeFile(PAGE, page)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
  for (const path of Object.keys(document.paths)) expect(page).toContain(path)
})
