import { parseEnvelope, SdkError, utf8Decode, utf8Encode } from '@aibomgen/core'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import {
  parseStatement,
  serializeStatement,
  signStatement,
  STATEMENT_TYPE,
  verifyStatement,
  type Statement,
} from '../src/statement.ts'
import { readCast, type Cast } from './supply-chain.ts'

const STATEMENT: Statement = {
  _type: STATEMENT_TYPE,
  subject: [{ name: 'aibom.json', digest: { sha256: 'ab'.repeat(32) } }],
  predicateType: 'https://example.com/predicate/v1',
  predicate: { score: 0.5, none: null },
}
let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

describe('parseStatement', () => {
  it('reads what serializeStatement wrote, floats and all', () => {
    expect(parseStatement(serializeStatement(STATEMENT))).toEqual(STATEMENT)
  })

  it('passes over members that the specification does not know, and takes an absent predicate as empty', () => {
    const { predicate: _, ...rest } = STATEMENT
    const text = JSON.stringify({ ...rest, future: 1 })
    expect(parseStatement(utf8Encode(text))).toEqual({ ...rest, predicate: {} })
  })

  it.each<[string, object]>([
    ['another version', { _type: 'https://in-toto.io/Statement/v0.1' }],
    ['no subject', { subject: [] }],
    ['a subject without digest', { subject: [{ name: 'x' }] }],
    ['a subject with no digest in its set', { subject: [{ name: 'x', digest: {} }] }],
    ['a digest in capitals', { subject: [{ digest: { sha256: 'AB' } }] }],
    ['an empty predicate type', { predicateType: '' }],
    ['a predicate that is a list', { predicate: [] }],
  ])('refuses %s', (_reason, changes) => {
    const text = JSON.stringify({ ...STATEMENT, ...changes })
    expect(() => parseStatement(utf8Encode(text))).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it('throws nothing but our errors, whatever bytes it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8Encode)), (bytes) => {
        expect(() => parseStatement(bytes)).toThrow(SdkError)
      }),
    )
  })
})

describe('signStatement and verifyStatement', () => {
  it('carry a Statement through an envelope of one line', async () => {
    const bytes = await signStatement(STATEMENT, [cast.owner])
    expect(utf8Decode(bytes).trimEnd()).not.toContain('\n')
    expect(parseEnvelope(bytes).payloadType).toBe('application/vnd.in-toto+json')
    expect(await verifyStatement(bytes, [cast.owner.publicKey])).toEqual(STATEMENT)
  })

  it('refuse another signer', async () => {
    const bytes = await signStatement(STATEMENT, [cast.mallory])
    await expect(verifyStatement(bytes, [cast.owner.publicKey])).rejects.toMatchObject({ code: 'SIGNATURE_THRESHOLD' })
  })

  it('fail once any signed byte is another; the rest of the envelope may change and says nothing else', async () => {
    const bytes = await signStatement(STATEMENT, [cast.owner])
    // DSSE signs payload and payloadType. A keyid is a hint and may be absent, so a byte of its name changes nothing.
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), async (position, flip) => {
        const changed = Uint8Array.from(bytes, (byte, index) => (index === position ? byte ^ flip : byte))
        const outcome = await verifyStatement(changed, [cast.owner.publicKey]).catch((error: unknown) => error)
        const unsigned = utf8Decode(bytes).indexOf('"keyid"')
        if (position > unsigned && position < unsigned + '"keyid"'.length && !(outcome instanceof SdkError)) {
          expect(outcome).toEqual(STATEMENT)
        } else {
          expect(outcome).toBeInstanceOf(SdkError)
        }
      }),
      { examples: [[415, 1]] },
    )
  })
})
