import { ArtifactError } from '@aibomgen/core'
import { MemoryArtifactStore } from '@aibomgen/storage/memory'
import { describe, expect, it } from 'vitest'

import { checkReadiness } from '../../src/operation/readiness.ts'

const random = (length: number): Uint8Array => new Uint8Array(length).fill(7)
const answers = { ping: async () => {} }
const store = new MemoryArtifactStore()

describe('checkReadiness', () => {
  it('is ready when database and store answer', async () => {
    expect(await checkReadiness({ database: answers, store, random }, { timeoutSeconds: 1 })).toEqual({
      ready: true,
      checks: [
        { name: 'database', ok: true },
        { name: 'store', ok: true },
      ],
    })
  })

  it('asks the store for what the random digest names', async () => {
    const asked: string[] = []
    const has = async (digest: string): Promise<boolean> => asked.push(digest) < 0
    await checkReadiness({ database: answers, store: { has }, random }, { timeoutSeconds: 1 })
    expect(asked).toEqual(['07'.repeat(32)])
  })

  it('names what does not answer, and tells codes alone', async () => {
    const database = {
      ping: () =>
        Promise.reject(
          new ArtifactError('DATABASE_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.5:5432', { reason: 'ECONNREFUSED' }),
        ),
    }
    const report = await checkReadiness({ database, store, random }, { timeoutSeconds: 1 })
    expect(report.ready).toBe(false)
    expect(report.checks[0]).toEqual({ name: 'database', ok: false, reason: 'DATABASE_UNAVAILABLE' })
    expect(JSON.stringify(report)).not.toContain('10.0.0.5')
  })

  it('waits no longer than it may', async () => {
    const hanging = { has: () => new Promise<boolean>(() => {}) }
    const report = await checkReadiness({ database: answers, store: hanging, random }, { timeoutSeconds: 0.02 })
    expect(report.checks[1]).toEqual({ name: 'store', ok: false, reason: 'no answer within 0.02 s' })
  })
})
