import { publicKeyToSecuresystemslib } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { parseLayout, serializeLayout } from '../../src/layout.ts'
import { signMetablock } from '../../src/metablock.ts'
import { verifyLayout } from '../../src/verify-layout.ts'
import { honestChain, layoutOf, NOW, readCast, type Cast } from '../supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

describe('keys inside a layout', () => {
  it('do not vouch for the layout that holds them', async () => {
    const { keyid } = cast.mallory.publicKey
    const wire = serializeLayout(layoutOf(cast))
    const keys = {
      ...(wire.keys as object),
      [keyid]: { ...publicKeyToSecuresystemslib(cast.mallory.publicKey), keyid },
    }
    const layout = await signMetablock(parseLayout({ ...wire, keys }), [cast.mallory])
    const chain = { ...(await honestChain(cast)), layout }
    await expect(verifyLayout(chain, { ownerKeys: [cast.owner.publicKey], at: NOW })).rejects.toMatchObject({
      code: 'SIGNATURE_THRESHOLD',
    })
  })

  it('do not let a functionary sign the layout', async () => {
    const layout = await signMetablock(layoutOf(cast), [cast.alice])
    const chain = { ...(await honestChain(cast)), layout }
    await expect(verifyLayout(chain, { ownerKeys: [cast.owner.publicKey], at: NOW })).rejects.toMatchObject({
      code: 'SIGNATURE_THRESHOLD',
    })
  })
})
