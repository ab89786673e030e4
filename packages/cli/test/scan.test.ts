/** What a scanner finds in the training environment: in the release, in the AIBoM, and never more than it said. @module */

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createEd25519Signer, sha256Hex, type Timestamp } from '@aibomgen/core'
import { signVulnerabilities } from '@aibomgen/intoto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { installFakeTrivy } from './fake-trivy.ts'
import { createPlace, wineFlags, type Place } from './run-cli.ts'
import { startServer, stop } from './server/running-server.ts'

let tools: string
let place: Place
beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), 'aibomgen-tools-'))
  place = await createPlace({ PATH: await installFakeTrivy(tools) })
  const { exitCode, stdout, stderr } = await place.run('train', ...wineFlags, '--out', 'release', '--json')
  expect(exitCode, stderr).toBe(0)
  expect(JSON.parse(stdout).vulnerabilities).toMatchObject({
    state: 'scanned',
    scanner: 'trivy 0.70.0',
    counts: { critical: 0, high: 1, medium: 0, low: 0, unknown: 0 },
  })
})
afterAll(async () => {
  await place[Symbol.asyncDispose]()
  await rm(tools, { recursive: true, force: true })
})

/** The checks of a copy of the release that fail, once it was changed. */
async function judgeChanged(change: (directory: string) => Promise<void>): Promise<Record<string, string>> {
  const copy = `copy-${crypto.randomUUID()}`
  await cp(join(place.directory, 'release'), join(place.directory, copy), { recursive: true })
  await change(join(place.directory, copy))
  const { exitCode, stdout } = await place.run('verify', copy, '--json')
  expect(exitCode).toBe(1)
  const { checks } = JSON.parse(stdout)
  return Object.fromEntries(
    checks
      .filter(({ status }: { status: string }) => status === 'fail')
      .map(({ name, code }: { name: string; code: string }) => [name, code]),
  )
}

describe('a release of a scanned environment', () => {
  it('verifies, counts what was found in its AIBoM, and lists it beside', async () => {
    expect((await place.run('verify', 'release')).exitCode).toBe(0)
    const bytes = await readFile(join(place.directory, 'release/vulnerabilities.json'))
    const bom = JSON.parse(await readFile(join(place.directory, 'release/aibom.json'), 'utf8'))
    expect(bom.vulnerabilities).toBeUndefined()
    expect(bom.metadata.properties).toEqual(
      expect.arrayContaining([
        { name: 'aibomgen:vulnerabilities:state', value: 'scanned' },
        { name: 'aibomgen:vulnerabilities:count:high', value: '1' },
      ]),
    )
    expect(bom.externalReferences).toContainEqual(
      expect.objectContaining({
        type: 'vulnerability-assertion',
        url: 'vulnerabilities.json',
        hashes: [{ alg: 'SHA-256', content: sha256Hex(bytes) }],
      }),
    )
    const statement = JSON.parse(Buffer.from(JSON.parse(bytes.toString()).payload, 'base64').toString())
    expect(statement.predicate.scanner.result).toMatchObject([{ id: 'CVE-2026-0001' }])
    const { packages } = JSON.parse(await readFile(join(place.directory, 'release/environment.json'), 'utf8'))
    const zod = packages.value.find(({ name }: { name: string }) => name === 'zod')
    expect(statement.predicate.scanner.result[0].annotations[0].purl).toBe(zod.purl)
  })

  it('fails where the findings were changed', async () => {
    const failed = await judgeChanged(async (directory) => {
      const path = join(directory, 'vulnerabilities.json')
      const envelope = JSON.parse(await readFile(path, 'utf8'))
      const text = Buffer.from(envelope.payload, 'base64').toString().replace('CVE-2026-0001', 'CVE-2026-0002')
      await writeFile(path, JSON.stringify({ ...envelope, payload: Buffer.from(text).toString('base64') }))
    })
    expect(failed).toEqual({ 'bom-matches-links': 'SIGNATURE_THRESHOLD', 'artifact-digests': 'DIGEST_MISMATCH' })
  })

  it('fails where the findings are somebody else’s', async () => {
    const stranger = await createEd25519Signer(new Uint8Array(32).fill(9))
    const at = '2026-11-22T12:00:00Z' as Timestamp
    const scanner = { name: 'trivy', uri: 'https://github.com/aquasecurity/trivy' }
    const nothing = { state: 'scanned', scanner, startedAt: at, finishedAt: at, findings: [] } as const
    const subject = [{ name: 'x', digest: { sha256: '0'.repeat(64) } }]
    const forged = await signVulnerabilities(nothing, subject, [stranger])
    const failed = await judgeChanged((directory) => writeFile(join(directory, 'vulnerabilities.json'), forged))
    expect(failed).toEqual({ 'bom-matches-links': 'SIGNATURE_THRESHOLD', 'artifact-digests': 'DIGEST_MISMATCH' })
  })

  it('fails where the findings were taken out', async () => {
    const failed = await judgeChanged((directory) => rm(join(directory, 'vulnerabilities.json')))
    expect(failed).toMatchObject({ 'bom-matches-links': 'RELEASE_FILE_MISSING' })
  })
})

describe('without a scanner', () => {
  it('says "not scanned", and why', async () => {
    await using bare = await createPlace({ PATH: '/nonexistent' })
    const { exitCode, stdout, stderr } = await bare.run('train', ...wineFlags, '--out', 'release')
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('scan      not scanned: there is no trivy on the PATH')
    const bom = await readFile(join(bare.directory, 'release/aibom.json'), 'utf8')
    expect(JSON.parse(bom).metadata.properties).toEqual(
      expect.arrayContaining([
        { name: 'aibomgen:vulnerabilities:reason', value: 'there is no trivy on the PATH' },
        { name: 'aibomgen:vulnerabilities:state', value: 'not scanned' },
      ]),
    )
    const shown = await bare.run('bom', 'show', 'release/aibom.json')
    expect(shown.stdout).toContain('scan        reason there is no trivy on the PATH, state not scanned')
    expect((await bare.run('verify', 'release')).exitCode).toBe(0)
    expect((await bare.run('scan', '--json')).exitCode).toBe(2)
  })

  it('does not look where it is told not to', async () => {
    const { stdout } = await place.run('train', ...wineFlags, '--no-scan', '--json', '--out', 'unscanned')
    expect(JSON.parse(stdout).vulnerabilities.state).toBe('not scanned')
    const bom = await readFile(join(place.directory, 'unscanned/aibom.json'), 'utf8')
    const said = { name: 'aibomgen:vulnerabilities:reason', value: 'it was not asked for' }
    expect(JSON.parse(bom).metadata.properties).toContainEqual(said)
  })
})

describe('aibomgen scan', () => {
  it('tells what was found, and writes the signed document', async () => {
    const { exitCode, stdout, stderr } = await place.run('scan', '--out', 'found.json')
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/^trivy 0\.70\.0 at \S+: 0 critical, 1 high/)
    expect(JSON.parse(await readFile(join(place.directory, 'found.json'), 'utf8')).payloadType).toContain('in-toto')
  })
})

describe('a worker of the platform', () => {
  it('names what it found in the releases of its jobs', async () => {
    const server = await startServer(place)
    try {
      const flags = ['--server', server.url, ...wineFlags, '--wait', '--json']
      const { exitCode, stdout, stderr } = await place.run('submit', ...flags)
      expect(exitCode, stderr).toBe(0)
      const { job_id: id } = JSON.parse(stdout)
      const { stdout: names } = await place.run('artifacts', id, '--server', server.url)
      expect(names.split('\n')).toContain('vulnerabilities.json')
      const verified = await place.run('verify', id, '--server', server.url, '--evidence-only')
      expect(verified.exitCode, verified.stdout).toBe(0)
    } finally {
      await stop(server)
    }
  })
})
