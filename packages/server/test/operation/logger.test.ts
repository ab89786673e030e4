import { CryptoError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { redact, redactText } from '../../src/operation/redact.ts'
import { logToMemory } from './lines.ts'

const SECRET = 'c0ffee-c0ffee-c0ffee'

describe('createLogger', () => {
  it('writes one JSON object a line, with level, time, service and facts', () => {
    const { logger, lines } = logToMemory()
    logger.child({ requestId: 'r1' }).info('job submitted', { jobId: 'j1' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/\n$/)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: '2026-11-22T12:00:00Z',
      service: 'server',
      requestId: 'r1',
      jobId: 'j1',
      message: 'job submitted',
    })
  })

  it('writes nothing below its level', () => {
    const { logger, lines } = logToMemory('warn')
    logger.debug('a')
    logger.info('b')
    logger.warn('c')
    logger.error('d')
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['c', 'd'])
  })

  it('keeps a message on one line, whatever is in it', () => {
    const { logger, lines } = logToMemory()
    logger.info('name: x\n{"level":"error","message":"forged"}', { name: 'a\r\nb' })
    expect(lines).toHaveLength(1)
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1)
  })

  it('lets no fact take the place of level, time, service or message', () => {
    const { logger, lines } = logToMemory()
    logger.info('true', { level: 'error', time: 'never', service: 'other', message: 'false' })
    expect(lines[0]?.match(/"(level|time|service|message)":/g)).toHaveLength(4)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', service: 'server', message: 'true' })
  })

  it.each([
    ['a header', { headers: { Authorization: `Bearer ${SECRET}` } }],
    ['a cookie', { cookie: SECRET }],
    ['a token', { apiToken: SECRET }],
    ['a passphrase', { deep: [{ passphrase: SECRET }] }],
    ['a signature', { signature: SECRET, sig: SECRET }],
    ['a payload', { envelope: { payload: SECRET } }],
    ['a private key', { privateKey: SECRET }],
    ['a query', { url: `https://s3.example/x?X-Amz-Signature=${SECRET}&X-Amz-Date=1` }],
    ['a connection string', { place: `postgres://aibomgen:${SECRET}@db/aibomgen` }],
    ['an error', { error: new CryptoError('ALGORITHM_UNSUPPORTED', `Bearer ${SECRET}`, { algorithm: 'x' }) }],
    ['a cause', { error: new Error('x', { cause: new Error(`postgres://u:${SECRET}@h/d`) }) }],
    ['a JSON Web Token', { text: `got eyJhbGciOiJSUzI1NiJ9.${SECRET}.${SECRET} from a client` }],
    ['a key file', { text: `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----` }],
  ])('tells no secret that stands in %s', (_, facts) => {
    const { logger, lines } = logToMemory()
    logger.error(`failed with Bearer ${SECRET}`, facts)
    expect(lines.join('')).not.toContain(SECRET)
    expect(lines.join('')).toContain('[redacted]')
  })
})

describe('redact', () => {
  it('tells of an error its class, code, detail and cause', () => {
    const error = new CryptoError('ALGORITHM_UNSUPPORTED', 'no', { algorithm: 'rsa' }, { cause: new Error('deeper') })
    expect(redact(error)).toMatchObject({
      class: 'CryptoError',
      code: 'ALGORITHM_UNSUPPORTED',
      detail: { algorithm: 'rsa' },
      cause: { message: 'deeper' },
    })
  })

  it('says how many bytes there were, and not which', () => {
    expect(redact({ model: new Uint8Array(5) })).toEqual({ model: '[5 bytes]' })
  })

  it('ends at what contains itself', () => {
    const around: Record<string, unknown> = {}
    around['self'] = around
    expect(redact(around)).toEqual({ self: '[circular]' })
  })

  it('cuts long texts and long lists', () => {
    expect(redactText('x'.repeat(10_000))).toHaveLength(4097)
    expect(redact(Array.from({ length: 1000 }, () => 1))).toHaveLength(100)
  })

  it('makes JSON of anything', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (value) => {
        expect(() => JSON.stringify(redact(value))).not.toThrow()
      }),
    )
  })
})
