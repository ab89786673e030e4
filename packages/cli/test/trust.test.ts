/** Keys come and go, and what they signed while they counted goes on counting. @module */

import { randomBytes } from 'node:crypto'
import { cp, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { parseTimestamp } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ensureHome } from '../src/home/home.ts'
import { createPlace, wineFlags, type Ended, type Place } from './run-cli.ts'

let place: Place
let old: string
const versions: string[] = []

/** Keeps the current trust root as a file of its own. */
async function keepTrustRoot(): Promise<void> {
  const copy = join(place.directory, `trust-root-${versions.length + 1}.json`)
  await cp(join(place.home, 'trust-root.json'), copy)
  versions.push(copy)
}

async function train(name: string): Promise<Ended> {
  return place.run('train', ...wineFlags, '--epochs', '1', '--no-inputs', '--out', join(place.directory, name))
}

beforeAll(async () => {
  place = await createPlace({ AIBOMGEN_PASSPHRASE: 'open sesame' })
  old = join(place.directory, 'old')
  await train('old')
  await keepTrustRoot()
  for (const role of ['worker', 'issuer', 'owner']) {
    await place.run('keys', 'rotate', '--role', role)
    await keepTrustRoot()
  }
  await train('new')
})
afterAll(() => place[Symbol.asyncDispose]())

describe('rotation', () => {
  it('keeps older releases valid, and makes valid new ones', async () => {
    expect((await place.run('verify', old)).exitCode).toBe(0)
    expect((await place.run('verify', join(place.directory, 'new'))).exitCode).toBe(0)
  })

  it('leaves four private keys, readable by their owner alone, and encrypted', async () => {
    const names = await readdir(join(place.home, 'generations'), { recursive: true })
    const files = names.filter((name) => name.endsWith('.pem')).map((name) => join('generations', name))
    expect(await readdir(join(place.home, 'keys'))).toHaveLength(4)
    expect(files).toHaveLength(4)
    for (const file of files) expect((await stat(join(place.home, file))).mode & 0o777).toBe(0o600)
  })

  it('refuses an older trust root of the same platform', async () => {
    const { stdout, exitCode } = await place.run('verify', old, '--trust', versions[0] ?? '', '--json')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('TRUST_ROOT_ROLLBACK')
  })

  it('lists which keys count', async () => {
    const { stdout } = await place.run('keys', 'list', '--json')
    const { keys, privateKeysHere } = JSON.parse(stdout)
    const inForce = keys.filter((key: { inForce: boolean }) => key.inForce).map((key: { role: string }) => key.role)
    expect(inForce.sort()).toEqual(['intake', 'issuer', 'owner', 'worker'])
    expect(keys).toHaveLength(7)
    expect(privateKeysHere).toEqual(['owner', 'intake', 'worker', 'issuer'])
  })

  it('tells who may no longer sign from a key that was opened with a wrong passphrase', async () => {
    await using other = await createPlace({ AIBOMGEN_PASSPHRASE: 'wrong' })
    await cp(place.home, other.home, { recursive: true })
    const ended = await other.run('keys', 'rotate', '--role', 'worker')
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^error PASSPHRASE_WRONG: /) })
  })
})

describe('a verifier somewhere else', () => {
  it('goes from version to version, and believes the first because it was told to', async () => {
    await using verifier = await createPlace()
    const [first = '', ...later] = versions
    expect((await verifier.run('verify', old)).exitCode).toBe(2)
    expect((await verifier.run('trust', 'update', first)).exitCode).toBe(2)
    expect((await verifier.run('trust', 'update', '--first', first)).exitCode).toBe(0)
    expect((await verifier.run('verify', old)).exitCode).toBe(0)
    const skipped = await verifier.run('trust', 'update', versions[2] ?? '')
    expect(skipped).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error TRUST_ROOT_SKIPPED: /) })
    const updated = await verifier.run('trust', 'update', ...later, '--json')
    expect(JSON.parse(updated.stdout).version).toBe(4)
    expect((await verifier.run('verify', join(place.directory, 'new'))).exitCode).toBe(0)
    const back = await verifier.run('trust', 'update', first)
    expect(back).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error TRUST_ROOT_ROLLBACK: /) })
  })

  it('trains nothing with a trust root alone', async () => {
    await using verifier = await createPlace()
    await verifier.run('trust', 'update', '--first', versions[0] ?? '')
    const ended = await verifier.run('train', ...wineFlags, '--out', 'release')
    expect(ended).toMatchObject({ exitCode: 78, stderr: expect.stringMatching(/^error HOME_INCOMPLETE: /) })
    expect(await readdir(verifier.directory)).toEqual(['home'])
  })
})

describe('trust', () => {
  it('enrolls another worker, and ends it again', async () => {
    await using other = await createPlace()
    await other.run('init')
    await other.run('keys', 'export', '--role', 'worker', '--out', 'worker.pem')
    const key = join(other.directory, 'worker.pem')
    const enrolled = await place.run('trust', 'enroll', '--role', 'worker', '--key', key, '--json')
    const { keys } = JSON.parse(enrolled.stdout)
    const keyid: string = keys.at(-1).keyid
    expect(keys.filter((one: { role: string; inForce: boolean }) => one.role === 'worker' && one.inForce)).toHaveLength(
      2,
    )
    const again = await place.run('trust', 'enroll', '--role', 'issuer', '--key', key)
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^error USAGE: .*one role/) })
    const revoked = await place.run('trust', 'revoke', keyid.slice(0, 12), '--reason', 'compromised', '--json')
    expect(JSON.parse(revoked.stdout).keys.at(-1)).toMatchObject({ keyid, inForce: false })
  })

  it.each(['intake', 'owner'])('does not end the last %s key', async (role) => {
    const { stdout } = await place.run('keys', 'list', '--json')
    const inForce = JSON.parse(stdout).keys.filter((key: { inForce: boolean }) => key.inForce)
    const { keyid } = inForce.find((key: { role: string }) => key.role === role)
    const ended = await place.run('trust', 'revoke', keyid, '--reason', 'retired')
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(new RegExp(`^error USAGE: .*${role}`)) })
  })

  it('renews the layout without changing who may say what', async () => {
    const before = JSON.parse((await place.run('trust', 'show', '--json')).stdout)
    expect((await place.run('trust', 'renew', '--days', '10')).exitCode).toBe(0)
    expect(JSON.parse((await place.run('trust', 'show', '--json')).stdout)).toEqual(before)
  })

  it('is told of when a layout has expired', async () => {
    await using late = await createPlace()
    const clock = { now: () => parseTimestamp('2020-01-01T00:00:00Z') }
    await ensureHome(late.home, { clock, passphrase: undefined, drawKeySeed: () => randomBytes(32) })
    const ended = await late.run('train', ...wineFlags)
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error LAYOUT_EXPIRED: .*trust renew/m) })
    expect((await late.run('trust', 'renew')).exitCode).toBe(0)
    expect((await late.run('train', ...wineFlags)).exitCode).toBe(0)
  })

  it('takes back all that a compromised key signed', async () => {
    const keys = JSON.parse((await place.run('keys', 'list', '--json')).stdout).keys
    const { keyid } = keys.find((key: { role: string; inForce: boolean }) => key.role === 'worker' && !key.inForce)
    await place.run('trust', 'revoke', keyid, '--reason', 'compromised')
    const { stdout, exitCode } = await place.run('verify', old)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^✗ link-signatures .*compromised/m)
    const back = await place.run('trust', 'revoke', keyid, '--reason', 'retired')
    expect(back).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^error USAGE: .*compromised already/) })
  })
})
