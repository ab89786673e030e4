import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

import type { AppEnv } from '../../src/http/app-deps.ts'
import { createRequestLog } from '../../src/operation/request-log.ts'
import { logToMemory } from './lines.ts'

function createApp(): { app: Hono<AppEnv>; lines: string[] } {
  const { logger, lines } = logToMemory()
  let seconds = 0
  const app = new Hono<AppEnv>()
  app.use(createRequestLog({ logger, newRequestId: () => 'made-here', elapsedSeconds: () => (seconds += 0.25) }))
  app.get('/job_status/:id', (context) => {
    context.get('logger').info('looked')
    return context.text(context.get('requestId'))
  })
  app.get('/broken', () => {
    throw new Error('no')
  })
  app.onError((_, context) => context.text('failed', 500))
  return { app, lines }
}

describe('createRequestLog', () => {
  it('gives request, answer and lines one id', async () => {
    const { app, lines } = createApp()
    const answer = await app.request('/job_status/7?access_token=abc')
    expect(answer.headers.get('x-request-id')).toBe('made-here')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { message: 'looked', requestId: 'made-here' },
      { message: 'request', requestId: 'made-here', route: '/job_status/:id', status: 200, seconds: 0.25 },
    ])
    expect(lines.join('')).not.toContain('abc')
  })

  it.each([
    ['keeps an id of a proxy', 'proxy-0123', 'proxy-0123'],
    ['keeps no id that is too short', 'x', 'made-here'],
    ['keeps no id with other characters', 'proxy "0123', 'made-here'],
    ['keeps no id that is too long', 'x'.repeat(65), 'made-here'],
  ])('%s', async (_, offered, expected) => {
    const answer = await createApp().app.request('/job_status/7', { headers: { 'x-request-id': offered } })
    expect(await answer.text()).toBe(expected)
  })

  it('notes a failure as an error, with what was thrown', async () => {
    const { app, lines } = createApp()
    await app.request('/broken')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'error', status: 500, error: { message: 'no' } })
  })
})
