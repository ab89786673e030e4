import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { publicKeyToSecuresystemslib, toHex, type PublicKey } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createLayout, parseLayout, serializeLayout } from '../../src/layout.ts'
import { signMetablock } from '../../src/metablock.ts'
import { serializeOlpcJson } from '../../src/olpc-canonical-json.ts'
import { verifyLayout, type SupplyChain } from '../../src/verify-layout.ts'
import { verifyLinkSignatures } from '../../src/verify-links.ts'
import { artifact, HONEST_LINKS, honestChain, layoutOf, linkFile, NOW, readCast, type Cast } from '../supply-chain.ts'
import { readSeed } from '../vectors.ts'

const version = spawnSync('in-toto-verify', ['--version'], { encoding: 'utf8' }).stdout
const isInstalled = typeof version === 'string' && version.includes('in-toto')

describe.skipIf(!isInstalled)(
  `in-toto's reference implementation${isInstalled ? '' : ' (skipped: in-toto-verify is not installed)'}`,
  () => {
    let cast: Cast
    let directory: string

    beforeAll(async () => {
      cast = await readCast()
      directory = mkdtempSync(join(tmpdir(), 'intoto-interop-'))
    })
    afterAll(() => rmSync(directory, { recursive: true, force: true }))

    it('accepts a three-step chain of ours', async () => {
      expect(inTotoVerify(directory, 'honest', await honestChain(cast), cast.owner.publicKey)).toMatchObject({
        status: 0,
      })
    })

    it('refuses a chain of ours with a product nobody asked for', async () => {
      const chain = await honestChain(cast)
      const products = [...(HONEST_LINKS.build.products ?? []), artifact('evil.sh')]
      const links = new Map([...chain.links, await linkFile({ ...HONEST_LINKS.build, products }, cast.bob)])
      const result = inTotoVerify(directory, 'evil', { ...chain, links }, cast.owner.publicKey)
      expect(result.status).not.toBe(0)
      expect(result.stderr).toContain('evil.sh')
    })

    it('refuses a layout of ours signed by another', async () => {
      const layout = await signMetablock(layoutOf(cast), [cast.mallory], { legacyKeyids: true })
      const chain = { ...(await honestChain(cast)), layout }
      expect(inTotoVerify(directory, 'foreign', chain, cast.owner.publicKey).status).not.toBe(0)
    })

    it('signs links that we accept, and that fail once changed', async () => {
      const work = join(directory, 'run')
      mkdirSync(work)
      inTotoRun(
        work,
        'write',
        ['alice', cast.alice.publicKey],
        ['-p', 'hello.txt', '--', 'sh', '-c', 'printf héllo > hello.txt'],
      )
      inTotoRun(
        work,
        'build',
        ['bob', cast.bob.publicKey],
        ['-m', 'hello.txt', '-p', 'out.txt', '-s', '--', 'sh', '-c', 'cat hello.txt | tee out.txt'],
      )
      const links = new Map(
        readdirSync(work)
          .filter((name) => name.endsWith('.link'))
          .map((name) => [name, new Uint8Array(readFileSync(join(work, name)))]),
      )
      expect(links.size).toBe(2)

      const policy = { ownerKeys: [cast.owner.publicKey], at: NOW }
      const layout = await signMetablock(parseLayout(JSON.parse(referenceLayout(cast))), [cast.owner])
      const verified = await verifyLayout({ layout, links }, policy)
      expect(verified.links.get('build')?.byproducts['stdout']).toBe('héllo')
      expect((await verifyLinkSignatures(verified.layout, links)).disregarded).toEqual([])

      for (const [name, bytes] of links) {
        const changed = new TextDecoder().decode(bytes).replace(/"sha256": "./, '"sha256": "0')
        const altered = new Map([...links, [name, new TextEncoder().encode(changed)]])
        await expect(verifyLayout({ layout, links: altered }, policy)).rejects.toMatchObject({ code: 'LINK_MISSING' })
      }
    })

    /** Version 1.3.1 knows keys by their legacy keyid alone. */
    function referenceLayout({ alice, bob }: Cast): string {
      const layout = createLayout({
        expires: layoutOf(cast).expires,
        steps: [
          {
            name: 'write',
            functionaries: [alice.publicKey],
            expectedMaterials: [],
            expectedProducts: [
              ['CREATE', 'hello.txt'],
              ['DISALLOW', '*'],
            ],
          },
          {
            name: 'build',
            functionaries: [bob.publicKey],
            expectedMaterials: [
              ['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', 'write'],
              ['DISALLOW', '*'],
            ],
            expectedProducts: [
              ['CREATE', 'out.txt'],
              ['DISALLOW', '*'],
            ],
          },
        ],
      })
      return [alice, bob].reduce(
        (text, { publicKey }) => text.replaceAll(publicKey.keyid, publicKey.legacyKeyid),
        serializeOlpcJson(serializeLayout(layout)),
      )
    }
  },
)

function inTotoVerify(parent: string, name: string, { layout, links }: SupplyChain, owner: PublicKey) {
  const directory = join(parent, name)
  mkdirSync(directory)
  writeFileSync(join(directory, 'layout.json'), layout)
  writeFileSync(join(directory, 'owner.json'), JSON.stringify(publicKeyToSecuresystemslib(owner)))
  for (const [file, bytes] of links) writeFileSync(join(directory, file), bytes)
  const parameters = ['-t', 'ed25519', '-k', 'owner.json', '--layout', 'layout.json']
  return spawnSync('in-toto-verify', parameters, { cwd: directory, encoding: 'utf8' })
}

function inTotoRun(
  directory: string,
  step: string,
  [who, key]: readonly ['alice' | 'bob', PublicKey],
  parameters: readonly string[],
): void {
  const keyval = { ...publicKeyToSecuresystemslib(key).keyval, private: toHex(readSeed(who)) }
  writeFileSync(
    join(directory, `${who}.json`),
    JSON.stringify({ keytype: 'ed25519', scheme: 'ed25519', keyid: key.legacyKeyid, keyval }),
  )
  const result = spawnSync('in-toto-run', ['-n', step, '-t', 'ed25519', '-k', `${who}.json`, ...parameters], {
    cwd: directory,
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new Error(result.stderr)
}
