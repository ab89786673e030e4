import { parseTimestamp } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { verifyLayout } from '../../src/verify-layout.ts'
import { honestChain, readCast, type Cast } from '../supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

describe('an expired layout', () => {
  it('fails a chain that is good otherwise', async () => {
    const at = parseTimestamp('2027-11-22T12:00:01Z')
    await expect(
      verifyLayout(await honestChain(cast), { ownerKeys: [cast.owner.publicKey], at }),
    ).rejects.toMatchObject({
      code: 'LAYOUT_EXPIRED',
      detail: { expires: '2027-11-22T12:00:00Z', at },
    })
  })
})
