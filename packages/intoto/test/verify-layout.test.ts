import { addDays, ConfigError } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { createLink } from '../src/link.ts'
import { signMetablock } from '../src/metablock.ts'
import { assertLayoutInForce, verifyArtifactRules, verifyLayout, verifyLayoutSignature } from '../src/verify-layout.ts'
import { assertThresholds, collectLinks, linkFileName, verifyLinkSignatures } from '../src/verify-links.ts'
import {
  artifact,
  HONEST_LINKS,
  honestChain,
  layoutOf,
  linkFile,
  NOW,
  readCast,
  stepsOf,
  type Cast,
} from './supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

const policy = () => ({ ownerKeys: [cast.owner.publicKey], at: NOW })

describe('verifyLayout', () => {
  it('gives the links of an honest chain, in the layout’s order, without a warning', async () => {
    const { layout, links, warnings } = await verifyLayout(await honestChain(cast), policy())
    expect([...links.keys()]).toEqual(['write', 'build', 'pack'])
    expect(links.get('build')).toEqual(createLink(HONEST_LINKS.build))
    expect(layout).toEqual(layoutOf(cast))
    expect(warnings).toEqual([])
  })

  it('warns of a MATCH with a step that does not exist, and of another command', async () => {
    const [write, build, pack] = stepsOf(cast)
    if (write === undefined || build === undefined || pack === undefined) throw new TypeError('no steps')
    const expectedProducts = [['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', 'biuld'], ...pack.expectedProducts]
    const steps = [write, { ...build, expectedCommand: ['make'] }, { ...pack, expectedProducts }]
    const layout = await signMetablock(layoutOf(cast, { steps }), [cast.owner])
    const { warnings } = await verifyLayout({ ...(await honestChain(cast)), layout }, policy())
    expect(warnings).toEqual([expect.stringContaining('"biuld"'), expect.stringContaining('["make"]')])
  })

  it('asks for all owners unless told otherwise', async () => {
    const chain = await honestChain(cast)
    const ownerKeys = [cast.owner.publicKey, cast.bob.publicKey]
    await expect(verifyLayout(chain, { ownerKeys, at: NOW })).rejects.toMatchObject({ code: 'SIGNATURE_THRESHOLD' })
    await expect(verifyLayout(chain, { ownerKeys, threshold: 1, at: NOW })).resolves.toBeDefined()
  })

  it('refuses to verify for nobody', async () => {
    await expect(verifyLayout(await honestChain(cast), { ownerKeys: [], at: NOW })).rejects.toBeInstanceOf(ConfigError)
  })

  it('refuses inspections by name', async () => {
    const inspect = [{ name: 'untar', expectedMaterials: [], expectedProducts: [], run: ['tar', 'x'] }]
    const layout = await signMetablock({ ...layoutOf(cast), inspect }, [cast.owner])
    await expect(verifyLayout({ ...(await honestChain(cast)), layout }, policy())).rejects.toMatchObject({
      code: 'LAYOUT_UNSUPPORTED',
      detail: { feature: 'inspection', name: 'untar' },
    })
  })

  it('refuses sublayouts by name', async () => {
    const chain = await honestChain(cast)
    const file = linkFileName('build', cast.bob.publicKey.keyid)
    const links = new Map([...chain.links, [file, await signMetablock(layoutOf(cast), [cast.bob])]])
    await expect(verifyLayout({ ...chain, links }, policy())).rejects.toMatchObject({
      code: 'LAYOUT_UNSUPPORTED',
      detail: { feature: 'sublayout', name: file },
    })
  })
})

describe('assertLayoutInForce', () => {
  it('passes up to the last second, and fails after it', async () => {
    const { layout } = await verifyLayout(await honestChain(cast), policy())
    expect(() => assertLayoutInForce(layout, layout.expires)).not.toThrow()
    expect(() => assertLayoutInForce(layout, addDays(layout.expires, 1))).toThrow(
      expect.objectContaining({ code: 'LAYOUT_EXPIRED' }),
    )
  })
})

describe('verifyLinkSignatures', () => {
  const verifiedLayout = async () => verifyLayoutSignature((await honestChain(cast)).layout, policy().ownerKeys, 1)

  it('names functionary and file of every link', async () => {
    const { links } = await honestChain(cast)
    const { byStep, disregarded } = await verifyLinkSignatures(await verifiedLayout(), links)
    expect(byStep.get('build')).toMatchObject([{ keyid: cast.bob.publicKey.keyid, file: [...links.keys()][1] }])
    expect(disregarded).toEqual([])
  })

  it('passes over files that are no link of a step', async () => {
    const { links } = await honestChain(cast)
    const more = new Map([...links, ['readme.txt', new Uint8Array(3)], ['other.12345678.link', new Uint8Array(3)]])
    expect(await verifyLinkSignatures(await verifiedLayout(), more)).toEqual(
      await verifyLinkSignatures(await verifiedLayout(), links),
    )
  })

  it('fails on a link named after somebody whom the step does not authorise', async () => {
    const { links } = await honestChain(cast)
    const more = new Map([...links, await linkFile(HONEST_LINKS.build, cast.mallory)])
    await expect(verifyLinkSignatures(await verifiedLayout(), more)).rejects.toMatchObject({
      code: 'LINK_INVALID',
      detail: { step: 'build' },
    })
  })

  it('fails on a signature that collectLinks merely disregards', async () => {
    const { links } = await honestChain(cast)
    const forged = await signMetablock(createLink(HONEST_LINKS.build), [cast.mallory])
    const file = linkFileName('build', cast.bob.publicKey.keyid)
    const files = new Map([...links, [file, forged]])
    const layout = await verifiedLayout()
    await expect(verifyLinkSignatures(layout, files)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
      detail: { subject: file, keyid: cast.bob.publicKey.keyid },
    })
    const collected = await collectLinks(layout, files)
    expect(collected.disregarded).toMatchObject([{ step: 'build', file }])
    expect(() => assertThresholds(layout, collected)).toThrow(
      expect.objectContaining({ code: 'LINK_MISSING', detail: { step: 'build', required: 1, found: 0 } }),
    )
  })

  it('leaves absent links to assertThresholds', async () => {
    const layout = await verifiedLayout()
    const links = await verifyLinkSignatures(layout, new Map())
    expect(() => assertThresholds(layout, links)).toThrow(expect.objectContaining({ code: 'LINK_MISSING' }))
    expect(() => verifyArtifactRules(layout, links)).toThrow(expect.objectContaining({ code: 'LINK_MISSING' }))
  })
})

describe('assertThresholds', () => {
  const twoBuilders = async (bobs = HONEST_LINKS.build, mallorys = HONEST_LINKS.build) => {
    const steps = stepsOf(cast).map((step) =>
      step.name === 'build'
        ? { ...step, threshold: 2, functionaries: [cast.bob.publicKey, cast.mallory.publicKey] }
        : step,
    )
    const chain = await honestChain(cast)
    const links = new Map([...chain.links, await linkFile(bobs, cast.bob), await linkFile(mallorys, cast.mallory)])
    return { layout: await signMetablock(layoutOf(cast, { steps }), [cast.owner]), links }
  }

  it('passes two functionaries who report the same artifacts', async () => {
    const otherByproducts = { ...HONEST_LINKS.build, byproducts: { 'return-value': 0, stdout: 'other' } }
    await expect(verifyLayout(await twoBuilders(HONEST_LINKS.build, otherByproducts), policy())).resolves.toBeDefined()
  })

  it('fails on two who do not, naming them', async () => {
    const other = { ...HONEST_LINKS.build, products: [artifact('bin/main', 'other binary')] }
    await expect(verifyLayout(await twoBuilders(HONEST_LINKS.build, other), policy())).rejects.toMatchObject({
      code: 'LINKS_DISAGREE',
      detail: { step: 'build', keyids: [cast.bob.publicKey.keyid, cast.mallory.publicKey.keyid] },
    })
  })
})
