import { SdkError, toHex, utf8Encode } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { compileGlob } from '../../src/glob.ts'
import { canonicalizeOlpc } from '../../src/olpc-canonical-json.ts'
import { linkFileName } from '../../src/verify-links.ts'
import { verifyLayout } from '../../src/verify-layout.ts'
import { honestChain, NOW, readCast, type Cast } from '../supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

/** Signed by the right key, whatever it says. */
const signAnything = async (json: string, canonical: Uint8Array): Promise<Uint8Array> => {
  const sig = toHex(await cast.bob.sign(canonical))
  return utf8Encode(`{"signed":${json},"signatures":[{"keyid":"${cast.bob.publicKey.keyid}","sig":"${sig}"}]}`)
}
const verifyBuild = async (bytes: Uint8Array): Promise<unknown> => {
  const chain = await honestChain(cast)
  const links = new Map([...chain.links, [linkFileName('build', cast.bob.publicKey.keyid), bytes]])
  return verifyLayout({ ...chain, links }, { ownerKeys: [cast.owner.publicKey], at: NOW })
}

describe('hostile documents', () => {
  it.each([
    [
      'nesting without end',
      `{"_type":"link","name":"build","byproducts":{"t":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
    ],
    ['a number without end', `{"_type":"link","name":"build","byproducts":{"t":${'9'.repeat(100_000)}}}`],
    ['a name that dodges DISALLOW', '{"_type":"link","name":"build","products":{"x/../evil.sh":{"sha256":"aa"}}}'],
    ['a member twice', '{"_type":"link","name":"build","name":"build"}'],
  ])('%s is refused with one of our errors', async (_reason, json) => {
    const bytes = await signAnything(json, canonicalizeOlpc({}))
    await expect(verifyBuild(bytes)).rejects.toBeInstanceOf(SdkError)
  })

  it('a glob of many stars costs no more than its length times the name’s', () => {
    expect(compileGlob('*a'.repeat(60)).matches(`${'a'.repeat(59)}b`.repeat(100))).toBe(false)
  })
})
