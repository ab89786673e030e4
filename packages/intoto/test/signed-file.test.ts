import { canonicalizeJson, parseEnvelope, serializeEnvelope, signEnvelope, utf8Encode } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { createLink, parseLink } from '../src/link.ts'
import { signMetablock } from '../src/metablock.ts'
import { IN_TOTO_PAYLOAD_TYPE, parseSignedFile, signDsse } from '../src/signed-file.ts'
import { verifyLayout } from '../src/verify-layout.ts'
import { HONEST_LINKS, honestChain, layoutOf, NOW, readCast, type Cast } from './supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

describe('parseSignedFile', () => {
  it('reads both forms of a link to the same value', async () => {
    const link = createLink(HONEST_LINKS.build)
    const metablock = parseSignedFile(await signMetablock(link, [cast.bob]), 'build.link')
    const dsse = parseSignedFile(await signDsse(link, [cast.bob]), 'build.link')
    expect([metablock.form, dsse.form]).toEqual(['metablock', 'dsse'])
    expect(parseLink(metablock.value)).toEqual(parseLink(dsse.value))
    expect(dsse.message).not.toEqual(metablock.message)
  })

  it('refuses another payload type', async () => {
    const payload = canonicalizeJson({ _type: 'link', name: 'x' })
    const envelope = await signEnvelope({ payloadType: 'application/json', payload }, [cast.bob])
    expect(() => parseSignedFile(serializeEnvelope(envelope), 'x.link')).toThrow(
      expect.objectContaining({ code: 'PAYLOAD_TYPE_MISMATCH' }),
    )
  })

  it.each(['', '{}', '[]', '5', '"x"', '{"payload":5}', '{"signed":{}}'])('refuses %s', (text) => {
    expect(() => parseSignedFile(utf8Encode(text), 'x.link')).toThrow(expect.objectContaining({ name: 'ParseError' }))
  })
})

describe('signDsse', () => {
  it('makes envelopes that a whole chain verifies with, mixed with Metablock', async () => {
    const chain = await honestChain(cast)
    const [file] = [...chain.links.keys()]
    const links = new Map([...chain.links, [file ?? '', await signDsse(createLink(HONEST_LINKS.write), [cast.alice])]])
    const layout = await signDsse(layoutOf(cast), [cast.owner])
    expect(parseEnvelope(layout).payloadType).toBe(IN_TOTO_PAYLOAD_TYPE)
    const verified = await verifyLayout({ layout, links }, { ownerKeys: [cast.owner.publicKey], at: NOW })
    expect([...verified.links.keys()]).toEqual(['write', 'build', 'pack'])
  })
})
