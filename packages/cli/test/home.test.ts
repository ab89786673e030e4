/** The home: made once, changed whole, and mended where a process was killed. @module */

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { acceptTrustRoot, createEd25519Signer, parseTimestamp, type Clock } from '@aibomgen/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { commitGeneration, readCurrentGeneration, readSigners } from '../src/home/generation.ts'
import { changeTrust, ensureHome, requireTrustRoot, type HomeDeps } from '../src/home/home.ts'
import { rotateKey } from '../src/home/trust-changes.ts'

const now = parseTimestamp('2026-03-04T05:06:07Z')
const clock: Clock = { now: () => now }
let home: string
let deps: HomeDeps
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'aibomgen-home-')), 'home')
  let drawn = 0
  deps = { clock, passphrase: undefined, drawKeySeed: () => new Uint8Array(32).fill(++drawn) }
})
afterEach(() => rm(join(home, '..'), { recursive: true }))

async function rotateWorker(): Promise<void> {
  const { generation } = await ensureHome(home, deps)
  const seed = deps.drawKeySeed()
  const { worker } = await readSigners(generation, ['worker'], undefined)
  const { publicKey: fresh } = await createEd25519Signer(seed)
  const root = rotateKey(generation.trustRoot.root, 'worker', { old: worker.publicKey, fresh }, now)
  await changeTrust(home, generation, { root, freshKeys: { worker: seed } }, deps)
}

describe('ensureHome', () => {
  it('makes one home, however many ask for it at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => ensureHome(home, deps)))
    expect(made.filter(({ created }) => created)).toHaveLength(1)
    const versions = made.map(({ generation }) => generation.trustRoot.envelope.payload.toString())
    expect(new Set(versions).size).toBe(1)
    expect((await readdir(home)).sort()).toEqual(['generations', 'keys', 'layout.json', 'trust-root.json'])
  })

  it('lets nobody else read its keys', async () => {
    const { generation } = await ensureHome(home, deps)
    for (const name of await readdir(join(generation.directory, 'keys'))) {
      expect((await stat(join(generation.directory, 'keys', name))).mode & 0o777).toBe(0o600)
    }
    expect((await stat(join(home, 'generations'))).mode & 0o777).toBe(0o700)
  })

  it('changes nothing in a home that is there', async () => {
    await ensureHome(home, deps)
    const before = await readFile(join(home, 'trust-root.json'))
    expect(await ensureHome(home, deps)).toMatchObject({ created: false })
    expect(await readFile(join(home, 'trust-root.json'))).toEqual(before)
  })

  it('finishes what a process killed after its change had left to do', async () => {
    await ensureHome(home, deps)
    const first = await readFile(join(home, 'trust-root.json'))
    await rotateWorker()
    const second = await readFile(join(home, 'trust-root.json'))
    await writeFile(join(home, 'trust-root.json'), first)
    await mkdir(join(home, 'generations/1/keys'))
    await writeFile(join(home, 'generations/1/keys/worker.pem'), 'retired')
    await ensureHome(home, deps)
    expect(await readFile(join(home, 'trust-root.json'))).toEqual(second)
    expect(await readdir(join(home, 'generations/1'))).not.toContain('keys')
  })

  it('takes a trust root that somebody laid there for one without keys', async () => {
    await ensureHome(home, deps)
    const trustRoot = await readFile(join(home, 'trust-root.json'))
    await rm(join(home, 'generations'), { recursive: true })
    const { created, generation } = await ensureHome(home, deps)
    expect(created).toBe(false)
    await expect(readSigners(generation, ['worker'], undefined)).rejects.toMatchObject({ code: 'HOME_INCOMPLETE' })
    expect(await readFile(join(home, 'trust-root.json'))).toEqual(trustRoot)
  })
})

describe('a home that somebody took something out of', () => {
  it.each(['trust-root.json', 'keys'])('says that %s is missing, and makes no other', async (name) => {
    const { generation } = await ensureHome(home, deps)
    await rm(join(generation.directory, name), { recursive: true })
    const opened = ensureHome(home, deps).then(({ generation: found }) => readSigners(found, ['owner'], undefined))
    await expect(opened).rejects.toMatchObject({ code: 'HOME_INCOMPLETE' })
    expect(await readdir(join(home, 'generations'))).toEqual(['1'])
  })
})

describe('a change', () => {
  it('is a version that the holder of the one before accepts', async () => {
    const { generation } = await ensureHome(home, deps)
    await rotateWorker()
    const offered = await requireTrustRoot(home)
    await expect(acceptTrustRoot(generation.trustRoot, offered)).resolves.toBe(offered)
    expect(offered.root.version).toBe(2)
  })

  it('removes private keys of earlier generations, and nothing else of them', async () => {
    await rotateWorker()
    expect(await readdir(join(home, 'generations/1'))).toEqual(['layout.json', 'trust-root.json'])
  })

  it('is refused when another process was faster', async () => {
    const { generation } = await ensureHome(home, deps)
    await rotateWorker()
    const late = commitGeneration(home, generation, { trustRoot: generation.trustRoot })
    await expect(late).rejects.toMatchObject({ code: 'HOME_CHANGED' })
    expect(await readCurrentGeneration(home)).toMatchObject({ number: 2 })
    expect((await readdir(home)).sort()).toEqual(['generations', 'keys', 'layout.json', 'trust-root.json'])
  })
})
