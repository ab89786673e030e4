import { beforeAll, describe, expect, it } from 'vitest'

import { parseLayout, serializeLayout } from '../../src/layout.ts'
import { createLink } from '../../src/link.ts'
import { metablockMessage, parseMetablock, signMetablock } from '../../src/metablock.ts'
import { serializeOlpcJson } from '../../src/olpc-canonical-json.ts'
import { linkFileName } from '../../src/verify-links.ts'
import { verifyLayout } from '../../src/verify-layout.ts'
import { utf8Encode, toHex, type ExactJsonObject } from '@aibomgen/core'
import { HONEST_LINKS, honestChain, layoutOf, NOW, readCast, stepsOf, type Cast } from '../supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

describe('one key under two keyids', () => {
  it('counts once towards the threshold of a step', async () => {
    const { keyid, legacyKeyid } = cast.bob.publicKey
    const wire = serializeLayout(layoutOf(cast, { steps: stepsOf(cast) }))
    const keys = wire.keys as Record<string, ExactJsonObject>
    const steps = (wire.steps as readonly ExactJsonObject[]).map((step) =>
      step.name === 'build' ? { ...step, threshold: 2, pubkeys: [keyid, legacyKeyid] } : step,
    )
    const twice = { ...wire, steps, keys: { ...keys, [legacyKeyid]: { ...keys[keyid], keyid: legacyKeyid } } }
    const layout = await signMetablock(parseLayout(twice), [cast.owner])
    const file = await signMetablock(createLink(HONEST_LINKS.build), [cast.bob], { legacyKeyids: true })
    const chain = await honestChain(cast)
    const links = new Map([
      ...chain.links,
      [linkFileName('build', keyid), file],
      [linkFileName('build', legacyKeyid), file],
    ])
    await expect(verifyLayout({ layout, links }, { ownerKeys: [cast.owner.publicKey], at: NOW })).rejects.toMatchObject(
      {
        code: 'LINK_MISSING',
        detail: { step: 'build', required: 2, found: 1 },
      },
    )
  })

  it('counts once towards the threshold of owners', async () => {
    const chain = await honestChain(cast)
    expect(parseMetablock(chain.layout).signatures).toHaveLength(2)
    const ownerKeys = [cast.owner.publicKey, cast.bob.publicKey]
    await expect(verifyLayout(chain, { ownerKeys, threshold: 2, at: NOW })).rejects.toMatchObject({
      code: 'SIGNATURE_THRESHOLD',
      detail: { verified: 1 },
    })
  })
})

describe('a signature copied from another file', () => {
  it('does not verify there', async () => {
    const chain = await honestChain(cast)
    const signed = parseMetablock(chain.layout).signed
    const other = parseMetablock(await signMetablock(layoutOf(cast, { readme: 'other' }), [cast.owner])).signed
    const sig = toHex(await cast.owner.sign(metablockMessage(other)))
    const signatures = [{ keyid: cast.owner.publicKey.keyid, sig }]
    const layout = utf8Encode(serializeOlpcJson({ signatures, signed }))
    await expect(
      verifyLayout({ ...chain, layout }, { ownerKeys: [cast.owner.publicKey], at: NOW }),
    ).rejects.toMatchObject({
      code: 'SIGNATURE_THRESHOLD',
    })
  })
})
