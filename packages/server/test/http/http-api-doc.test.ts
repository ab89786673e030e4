/** `docs/http-api.md` says what the OpenAPI document says. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { env } from 'node:process'

import { format, resolveConfig } from 'prettier'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createApi, type Api, type Json } from './api.ts'
import { renderApi } from './render-api.ts'

const PAGE = join(import.meta.dirname, '../../../../docs/http-api.md')

/** The members of every schema within. */
function memberNames(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = value.type === 'object' && !Array.isArray(value) ? Object.keys(value.properties ?? {}) : []
  return [...own, ...Object.values(value).flatMap(memberNames)]
}

let api: Api
beforeAll(async () => {
  api = await createApi({ metrics: (context) => context.text('') })
})
afterAll(() => api[Symbol.asyncDispose]())

it('spells its own names in snake_case, all of them', async () => {
  const { paths, components }: Json = await (await api.ask('/openapi.json')).json()
  const operations = Object.values<Json>(paths).flatMap((item) => Object.values<Json>(item))
  const names = [
    ...Object.keys(paths),
    ...memberNames([components, ...operations]),
    ...operations.flatMap(({ parameters = [] }) => parameters.map(({ name }: Json) => name)),
  ]
  expect(names).toEqual(expect.arrayContaining(['/jobs/{id}', 'last_seen_at', 'job_id', 'last-event-id']))
  expect(names.filter((name) => /[A-Z]/.test(name))).toEqual([])
})

it('is told in docs/http-api.md as it is', async () => {
  const document: Json = await (await api.ask('/openapi.json')).json()
  const page = await format(renderApi(document), { ...(await resolveConfig(PAGE)), filepath: PAGE })
  if (env['UPDATE_DOCS'] === '1') await writeFile(PAGE, page)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
  for (const path of Object.keys(document.paths)) expect(page).toContain(path)
})
