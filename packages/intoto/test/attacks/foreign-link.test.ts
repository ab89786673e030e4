import { utf8Decode, utf8Encode } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { createLink } from '../../src/link.ts'
import { signMetablock } from '../../src/metablock.ts'
import { linkFileName } from '../../src/verify-links.ts'
import { verifyLayout } from '../../src/verify-layout.ts'
import { HONEST_LINKS, honestChain, NOW, readCast, type Cast } from '../supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

const verifyWith = async (file: string, bytes: Uint8Array): Promise<unknown> => {
  const chain = await honestChain(cast)
  const links = new Map([...chain.links, [file, bytes]])
  return verifyLayout({ ...chain, links }, { ownerKeys: [cast.owner.publicKey], at: NOW })
}
const bobsFile = (): string => linkFileName('build', cast.bob.publicKey.keyid)

describe('a link that is not the functionary’s for this step', () => {
  it('fails when another key signed it', async () => {
    const bytes = await signMetablock(createLink(HONEST_LINKS.build), [cast.mallory])
    await expect(verifyWith(bobsFile(), bytes)).rejects.toMatchObject({ code: 'LINK_MISSING' })
  })

  it('fails when another key signed it in the functionary’s name', async () => {
    const text = utf8Decode(await signMetablock(createLink(HONEST_LINKS.build), [cast.mallory]))
    const bytes = utf8Encode(text.replace(cast.mallory.publicKey.keyid, cast.bob.publicKey.keyid))
    await expect(verifyWith(bobsFile(), bytes)).rejects.toMatchObject({ code: 'LINK_MISSING' })
  })

  it('fails when a functionary of another step signed it', async () => {
    const bytes = await signMetablock(createLink(HONEST_LINKS.build), [cast.alice])
    await expect(verifyWith(linkFileName('build', cast.alice.publicKey.keyid), bytes)).resolves.toBeDefined()
    await expect(verifyWith(bobsFile(), bytes)).rejects.toMatchObject({ code: 'LINK_MISSING' })
  })

  it('fails when it is the functionary’s own, of another step', async () => {
    const bytes = await signMetablock(createLink(HONEST_LINKS.write), [cast.alice])
    await expect(verifyWith(linkFileName('pack', cast.alice.publicKey.keyid), bytes)).rejects.toMatchObject({
      code: 'LINK_INVALID',
      detail: { step: 'pack' },
    })
  })

  it('fails when it gained a member that nobody signed', async () => {
    const text = utf8Decode(await signMetablock(createLink(HONEST_LINKS.build), [cast.bob]))
    const bytes = utf8Encode(text.replace('"signed":{', '"signed":{"extra":"x",'))
    await expect(verifyWith(bobsFile(), bytes)).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
      detail: { document: bobsFile() },
    })
  })

  it('fails when a file cannot be read', async () => {
    await expect(verifyWith(bobsFile(), utf8Encode('{not json'))).rejects.toMatchObject({ code: 'JSON_INVALID' })
  })
})
