/** DSSE's own test vector, signature and all: ECDSA, which we do not sign with, over the bytes that our PAE makes. @module */

import { createPublicKey, verify } from 'node:crypto'

import { fromHex, pae, parseEnvelope, toBase64Url, utf8Encode } from '@aibomgen/core'
import { expect, it } from 'vitest'

import published from '../vectors/dsse-hello-world.json' with { type: 'json' }

const coordinate = (decimal: string): string => toBase64Url(fromHex(BigInt(decimal).toString(16).padStart(64, '0')))

it('the published signature verifies over our pre-authentication encoding, with the published key', () => {
  const { x, y } = published.publicKeyP256
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(x), y: coordinate(y) }
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const { payloadType, payload, signatures } = parseEnvelope(utf8Encode(JSON.stringify(published.envelope)))
  const signature = signatures[0]?.signature ?? new Uint8Array()
  const holds = (message: Uint8Array): boolean =>
    verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
  expect(holds(pae(payloadType, payload))).toBe(true)
  expect(holds(pae(`${payloadType}/`, payload))).toBe(false)
})
