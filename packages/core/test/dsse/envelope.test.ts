/** DSSE envelopes, read and written. @module */

import { parseEnvelope, ParseError, serializeEnvelope, utf8Decode, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import published from '../vectors/dsse-hello-world.json' with { type: 'json' }

const parse = (document: unknown): unknown => parseEnvelope(utf8Encode(JSON.stringify(document)))

describe('parseEnvelope', () => {
  it("reads DSSE's own test vector", () => {
    const envelope = parseEnvelope(utf8Encode(JSON.stringify(published.envelope)))
    expect(envelope.payloadType).toBe(published.payloadType)
    expect(utf8Decode(envelope.payload)).toBe(published.payload)
    expect(envelope.signatures).toEqual([{ keyid: undefined, signature: expect.objectContaining({ length: 64 }) }])
  })

  it('reads URL-safe base64 as well', () => {
    const envelope = { payloadType: 't', payload: '-__-', signatures: [{ sig: '_w==' }] }
    expect(parse(envelope)).toEqual({
      payloadType: 't',
      payload: Uint8Array.of(0xfb, 0xff, 0xfe),
      signatures: [{ keyid: undefined, signature: Uint8Array.of(0xff) }],
    })
  })

  it('passes over members that it does not know, for they are not signed', () => {
    expect(parse({ ...published.envelope, extra: 1 })).toEqual(parse(published.envelope))
  })

  const valid = published.envelope
  it.each([
    ['no payload', { ...valid, payload: undefined }, 'DOCUMENT_INVALID'],
    ['a payload that is no text', { ...valid, payload: 1 }, 'DOCUMENT_INVALID'],
    ['a payload that is no base64', { ...valid, payload: 'a*==' }, 'ENCODING_INVALID'],
    ['no payload type', { ...valid, payloadType: undefined }, 'DOCUMENT_INVALID'],
    ['an empty payload type', { ...valid, payloadType: '' }, 'DOCUMENT_INVALID'],
    ['no signatures', { ...valid, signatures: [] }, 'DOCUMENT_INVALID'],
    ['signatures that are no list', { ...valid, signatures: {} }, 'DOCUMENT_INVALID'],
    ['a signature without sig', { ...valid, signatures: [{ keyid: 'a' }] }, 'DOCUMENT_INVALID'],
    ['a keyid that is no text', { ...valid, signatures: [{ keyid: 1, sig: 'AA==' }] }, 'DOCUMENT_INVALID'],
    [
      'more signatures than anybody makes',
      { ...valid, signatures: Array(65).fill({ sig: 'AA==' }) },
      'DOCUMENT_INVALID',
    ],
    ['a list for an envelope', [valid], 'DOCUMENT_INVALID'],
  ])('refuses %s', (_, document, code) => {
    expect(() => parse(document)).toThrow(expect.objectContaining({ code }))
  })

  it('refuses a member twice, where two readers could see two payloads', () => {
    const twice = '{"payload":"AA==","payload":"AQ==","payloadType":"t","signatures":[{"sig":"AA=="}]}'
    expect(() => parseEnvelope(utf8Encode(twice))).toThrow(expect.objectContaining({ code: 'JSON_INVALID' }))
  })

  it('refuses more bytes than it may take', () => {
    expect(() => parseEnvelope(utf8Encode(JSON.stringify(valid)), 20)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })

  it('throws nothing but ParseError', () => {
    const documents = fc.oneof(
      fc.json(),
      fc.json().map((text) => `{"payloadType":"t","payload":${text},"signatures":[${text}]}`),
    )
    const property = fc.property(documents, (text) => {
      try {
        parseEnvelope(utf8Encode(text))
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
      }
    })
    fc.assert(property, { numRuns: 300 })
  })
})

describe('serializeEnvelope', () => {
  const envelopes = fc.record({
    payloadType: fc.string({ minLength: 1 }),
    payload: fc.uint8Array(),
    signatures: fc.array(fc.record({ keyid: fc.option(fc.string(), { nil: undefined }), signature: fc.uint8Array() }), {
      minLength: 1,
    }),
  })

  it('writes what parseEnvelope reads back', () => {
    const property = fc.property(envelopes, (envelope) => {
      expect(parseEnvelope(serializeEnvelope(envelope))).toEqual(envelope)
    })
    fc.assert(property)
  })

  it('writes one line, and no keyid where there is none', () => {
    const envelope = { payloadType: 't', payload: Uint8Array.of(1), signatures: [{ signature: Uint8Array.of(2) }] }
    expect(utf8Decode(serializeEnvelope(envelope))).toBe(
      '{"payloadType":"t","payload":"AQ==","signatures":[{"sig":"Ag=="}]}\n',
    )
  })
})
