/** A trust root for tests: owner 1, intake 11, worker 12, issuer 13, all valid from 2026 on. @module */

import { parseTimestamp, type TrustRoot } from '@aibomgen/core'

import { testSigner } from './test-keys.ts'

/** The trust root, with `changes` made to it. */
export async function testTrustRoot(changes: Partial<TrustRoot> = {}): Promise<TrustRoot> {
  const validFrom = parseTimestamp('2026-01-01T00:00:00Z')
  const tenure = async (number: number): Promise<TrustRoot['owner']['keys'][number]> => ({
    key: (await testSigner(number)).publicKey,
    validFrom,
    validUntil: undefined,
    revoked: undefined,
  })
  return {
    version: 1,
    issuedAt: validFrom,
    owner: { keys: [await tenure(1)], threshold: 1 },
    keys: [
      { role: 'intake', ...(await tenure(11)) },
      { role: 'worker', ...(await tenure(12)) },
      { role: 'issuer', ...(await tenure(13)) },
    ],
    ...changes,
  }
}
