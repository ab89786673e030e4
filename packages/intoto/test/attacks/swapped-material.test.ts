import { beforeAll, describe, expect, it } from 'vitest'

import type { LinkFacts } from '../../src/link.ts'
import { verifyLayout } from '../../src/verify-layout.ts'
import { artifact, HONEST_LINKS, honestChain, linkFile, NOW, readCast, type Cast } from '../supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

/** The builder is dishonest, and signs with the right key. */
const verifyWithBuild = async (facts: LinkFacts): Promise<unknown> => {
  const chain = await honestChain(cast)
  const links = new Map([...chain.links, await linkFile(facts, cast.bob)])
  return verifyLayout({ ...chain, links }, { ownerKeys: [cast.owner.publicKey], at: NOW })
}

describe('a functionary who reports what the layout does not allow', () => {
  it.each<[string, Partial<LinkFacts>, string]>([
    ['other content under the same name', { materials: [artifact('src/main.c', 'backdoor')] }, 'DISALLOW *'],
    ['no materials', { materials: [] }, 'REQUIRE src/main.c'],
    ['a material more', { materials: [artifact('src/main.c'), artifact('src/evil.c')] }, 'DISALLOW *'],
    ['a product more', { products: [artifact('bin/main', 'binary'), artifact('evil.sh')] }, 'DISALLOW *'],
  ])('fails with %s', async (_reason, changes, rule) => {
    await expect(verifyWithBuild({ ...HONEST_LINKS.build, ...changes })).rejects.toMatchObject({
      code: 'RULE_VIOLATED',
      detail: { rule },
    })
  })

  it('fails when the next step does not find what was built', async () => {
    await expect(
      verifyWithBuild({ ...HONEST_LINKS.build, products: [artifact('bin/main', 'other')] }),
    ).rejects.toMatchObject({ code: 'RULE_VIOLATED', detail: { item: 'pack materials' } })
  })
})
