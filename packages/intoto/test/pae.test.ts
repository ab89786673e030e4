import { fromBase64, pae, toHex } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { readVectors } from './vectors.ts'

describe('pae of @aibomgen/core', () => {
  it('gives the bytes of every vector', () => {
    const vectors = readVectors<{ type: string; payload_b64: string; pae_hex: string }>('pae')
    expect(vectors.length).toBeGreaterThan(0)
    for (const { type, payload_b64, pae_hex } of vectors) {
      expect(toHex(pae(type, fromBase64(payload_b64)))).toBe(pae_hex)
    }
  })
})
