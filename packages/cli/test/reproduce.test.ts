/** `aibomgen reproduce`: what it says, how it ends, and that another Node gives the same bits. @module */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wineFlags, type Place } from './run-cli.ts'

/** Where `.ci/run` puts a Node 22. */
const NODE_22 = join(
  homedir(),
  `.cache/aibomgen-node-22/node_modules/node-${process.platform}-${process.arch}/bin/node`,
)

/** Node 22 cannot read our sources: it runs what was built of them. */
const BUILT = join(import.meta.dirname, '../dist/main.js')

let place: Place
let release: string
beforeAll(async () => {
  place = await createPlace()
  release = join(place.directory, 'release')
  const { exitCode, stderr } = await place.run('train', ...wineFlags, '--out', release)
  expect([exitCode, stderr]).toEqual([0, expect.any(String)])
})
afterAll(() => place[Symbol.asyncDispose]())

describe('reproduce', () => {
  it('says that the same came out, and signs it', async () => {
    const out = join(place.directory, 'same.intoto.jsonl')
    const { exitCode, stdout } = await place.run('reproduce', release, '--out', out, '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'reproduced', environment: [], mayBeDueTo: [], statement: out })
    const { payloadType, signatures } = JSON.parse(await readFile(out, 'utf8')) as Record<string, unknown>
    expect(payloadType).toBe('application/vnd.in-toto+json')
    expect(signatures).toHaveLength(1)

    const verified = await place.run('verify', release, '--reproduction', out)
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('pass: 12 of 12 checks passed') })
    expect(verified.stdout).toContain('reproduced bit for bit  job ')
    const json = await place.run('verify', release, '--reproduction', out, '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'pass', reproduction: { verdict: 'reproduced' } })
  })

  it('says it to whoever trusts who signed it, and to nobody else', async () => {
    await using other = await createPlace()
    const out = join(other.directory, 'theirs.intoto.jsonl')
    const trust = join(place.home, 'trust-root.json')
    expect(await other.run('reproduce', release, '--trust', trust, '--out', out)).toMatchObject({ exitCode: 0 })
    const unknown = await place.run('verify', release, '--reproduction', out)
    expect(unknown).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('SIGNATURE_THRESHOLD') })
    const theirTrust = ['--reproduction-trust', join(other.home, 'trust-root.json')]
    const known = await place.run('verify', release, '--reproduction', out, ...theirTrust)
    expect(known).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining('who trained it') })
    const misused = await place.run('verify', release, ...theirTrust)
    expect(misused.stderr).toContain('error USAGE')
  })

  it('cannot tell of a release that does not verify', async () => {
    const changed = join(place.directory, 'changed')
    await cp(release, changed, { recursive: true })
    await writeFile(join(changed, 'outputs/metrics.json'), '{}')
    const { exitCode, stderr } = await place.run('reproduce', changed)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error EVIDENCE_MISMATCH: .*artifact-digests/m)
  })

  it('cannot tell without the inputs', async () => {
    const bare = join(place.directory, 'bare')
    const trained = await place.run('train', ...wineFlags, '--no-inputs', '--out', bare)
    expect(trained.exitCode).toBe(0)
    const { exitCode, stderr } = await place.run('reproduce', bare)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error FILE_UNREADABLE: .*inputs\/model/m)
  })

  it('overwrites nothing', async () => {
    const { exitCode, stderr } = await place.run('reproduce', release, '--out', join(release, 'aibom.json'))
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error OUTPUT_EXISTS: /m)
  })

  const missing = [NODE_22, BUILT].find((path) => !existsSync(path))
  const skipped = missing === undefined ? '' : ` (skipped: there is no ${missing})`
  it.skipIf(skipped !== '')(`gives the same bits on Node 22${skipped}`, async () => {
    const program = join(import.meta.dirname, '../bin/aibomgen.js')
    const { stdout } = await promisify(execFile)(NODE_22, [program, 'reproduce', release, '--json'], {
      cwd: place.directory,
      env: { ...process.env, AIBOMGEN_HOME: place.home, AIBOMGEN_PASSPHRASE: '' },
    })
    const { verdict, environment } = JSON.parse(stdout) as { verdict: string; environment: readonly object[] }
    expect(verdict).toBe('reproduced')
    expect(environment).toContainEqual({
      what: 'Node.js',
      released: process.versions.node,
      reproduced: expect.stringMatching(/^22\./),
    })
  })
})
