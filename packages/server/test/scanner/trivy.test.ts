import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ConfigError, ParseError, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createTrivyScanner, parseTrivyReport, type TrivyTarget } from '../../src/scanner/trivy.ts'
import type { Scanner } from '../../src/scanner/vulnerability-scan.ts'
import { CLOCK } from '../operation/lines.ts'
import { installStandIn, NOTHING_INSTALLED } from './stand-in.ts'

const REPORT = {
  SchemaVersion: 2,
  ArtifactName: '/srv',
  Results: [
    {
      Target: 'package-lock.json',
      Class: 'lang-pkgs',
      Type: 'npm',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-0002',
          PkgName: 'b',
          PkgIdentifier: { PURL: 'pkg:npm/b@2.0.0' },
          InstalledVersion: '2.0.0',
          FixedVersion: '2.0.1',
          Severity: 'LOW',
          Title: 'b is slow',
        },
        { VulnerabilityID: 'CVE-2026-0001', PkgName: 'a', InstalledVersion: '1.0.0', Severity: 'CRITICAL' },
        { VulnerabilityID: 'CVE-2026-0001', PkgName: 'a', InstalledVersion: '1.0.0', Severity: 'CRITICAL' },
      ],
    },
    { Target: 'other', Class: 'lang-pkgs', Type: 'pip' },
  ],
}
const VERSION = { Version: '0.70.0', VulnerabilityDB: { Version: 2, UpdatedAt: '2026-11-21T06:12:02.123456Z' } }

const TARGET: TrivyTarget = { kind: 'fs', path: '/srv' }

function standInFor(report: string): string {
  return `if (process.argv[2] === 'version') { console.log(${JSON.stringify(JSON.stringify(VERSION))}); process.exit(0) }\n${report}`
}

async function createScanner(report: string, limits: { timeoutSeconds?: number } = {}): Promise<Scanner> {
  const { env } = await installStandIn('trivy', standInFor(report))
  return createTrivyScanner({ target: TARGET, env, timeoutSeconds: 20, maxOutputBytes: 1024 * 1024, ...limits }, CLOCK)
}

const never = new AbortController().signal

describe('createTrivyScanner', () => {
  it('finds what trivy finds, once each, the worst first', async () => {
    const scanner = await createScanner(`console.log(${JSON.stringify(JSON.stringify(REPORT))})`)
    expect(await scanner.scan(never)).toEqual({
      state: 'scanned',
      scanner: {
        name: 'trivy',
        uri: 'https://github.com/aquasecurity/trivy',
        version: '0.70.0',
        database: { version: '2', updatedAt: '2026-11-21T06:12:02Z' },
      },
      startedAt: '2026-11-22T12:00:00Z',
      finishedAt: '2026-11-22T12:00:00Z',
      findings: [
        { id: 'CVE-2026-0001', severity: 'critical', packageName: 'a', packageVersion: '1.0.0' },
        {
          id: 'CVE-2026-0002',
          severity: 'low',
          packageName: 'b',
          packageVersion: '2.0.0',
          purl: 'pkg:npm/b@2.0.0',
          fixedIn: '2.0.1',
          title: 'b is slow',
        },
      ],
    })
  })

  it('finds nothing where trivy says so, also without the member', async () => {
    const scanner = await createScanner(`console.log('{"SchemaVersion":2}')`)
    expect(await scanner.scan(never)).toMatchObject({ state: 'scanned', findings: [] })
  })

  it('says that there is no scanner where there is none', async () => {
    const scanner = createTrivyScanner(
      { target: TARGET, env: NOTHING_INSTALLED, timeoutSeconds: 5, maxOutputBytes: 100 },
      CLOCK,
    )
    expect(await scanner.scan(never)).toMatchObject({ state: 'not scanned', why: 'no-scanner' })
  })

  it.each([
    ['garbage', `console.log('<html>')`, 'not-understood'],
    ['half a report', `process.stdout.write('{"SchemaVersion":2,"Results":[')`, 'not-understood'],
    ['a report of another shape', `console.log('{"SchemaVersion":3}')`, 'not-understood'],
    [
      'another severity',
      `console.log(JSON.stringify({SchemaVersion:2,Results:[{Vulnerabilities:[{VulnerabilityID:'x',PkgName:'y',Severity:'FINE'}]}]}))`,
      'not-understood',
    ],
    ['nothing', '', 'not-understood'],
    [
      'more than it may',
      `const part = 'x'.repeat(65536); const on = () => process.stdout.write(part, on); on()`,
      'not-understood',
    ],
    ['an exit code of 1', `console.log('{"SchemaVersion":2}'); process.exitCode = 1`, 'failed'],
    ['a signal', `process.kill(process.pid, 'SIGSEGV')`, 'failed'],
  ])('has not scanned when trivy ends with %s', async (_, report, why) => {
    expect(await (await createScanner(report)).scan(never)).toMatchObject({ state: 'not scanned', why })
  })

  it('kills a trivy that hangs, with all that it started', async () => {
    const { env, directory } = await installStandIn(
      'trivy',
      standInFor(`
        const { spawn } = require('node:child_process')
        const child = spawn('/bin/sleep', ['600'], { stdio: 'inherit' })
        require('node:fs').writeFileSync(__dirname + '/pid', String(child.pid))
        setInterval(() => {}, 1000)`),
    )
    const scanner = createTrivyScanner({ target: TARGET, env, timeoutSeconds: 1, maxOutputBytes: 100 }, CLOCK)
    expect(await scanner.scan(never)).toMatchObject({ state: 'not scanned', why: 'timed-out' })
    const pid = await readFile(join(directory, 'pid'), 'utf8')
    // What is left of it, if anything, is a zombie that its new parent has not yet buried.
    const status = existsSync(`/proc/${pid}/status`) ? await readFile(`/proc/${pid}/status`, 'utf8') : 'State:\tX'
    expect(status).toMatch(/^State:\s+[XZ]/m)
  })

  it('waits for nobody that left its process group and holds its output', async () => {
    const scanner = await createScanner(
      `require('node:child_process').spawn('/bin/sleep', ['5'], { stdio: 'inherit', detached: true })
       setInterval(() => {}, 1000)`,
      { timeoutSeconds: 1 },
    )
    const started = performance.now()
    expect(await scanner.scan(never)).toMatchObject({ why: 'timed-out' })
    expect(performance.now() - started).toBeLessThan(4500)
  })

  it('stops when it is told to', async () => {
    const scanner = await createScanner('setInterval(() => {}, 1000)')
    const stop = AbortSignal.timeout(200)
    await expect(scanner.scan(stop)).rejects.toThrow('aborted due to timeout')
  })

  it('gives trivy the environment that it was told to, and none of ours', async () => {
    process.env['AIBOMGEN_TEST_SECRET'] = 'hidden'
    const { env, directory } = await installStandIn(
      'trivy',
      standInFor(
        `require('node:fs').writeFileSync(__dirname + '/seen', JSON.stringify({ env: process.env, argv: process.argv.slice(2) }))
         console.log('{"SchemaVersion":2}')`,
      ),
    )
    await createTrivyScanner({ target: TARGET, env, timeoutSeconds: 20, maxOutputBytes: 100 }, CLOCK).scan(never)
    const seen = JSON.parse(await readFile(join(directory, 'seen'), 'utf8'))
    expect(seen.env).not.toHaveProperty('AIBOMGEN_TEST_SECRET')
    expect(seen.argv).toEqual(['fs', '--quiet', '--format', 'json', '--scanners', 'vuln', '--', '/srv'])
  })

  it.each<[string, TrivyTarget]>([
    ['an option for a path', { kind: 'fs', path: '--output=/etc/passwd' }],
    ['an option for an image', { kind: 'image', reference: '--help' }],
    ['white space in an image', { kind: 'image', reference: 'a b' }],
  ])('refuses %s', (_, target) => {
    expect(() => createTrivyScanner({ target, env: {}, timeoutSeconds: 1, maxOutputBytes: 1 }, CLOCK)).toThrow(
      ConfigError,
    )
  })
})

describe('parseTrivyReport', () => {
  it('throws nothing but ParseError, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.constant(JSON.stringify(REPORT)).map((text) => text.slice(1)),
        ),
        (text) => {
          try {
            expect(parseTrivyReport(utf8Encode(text))).toBeInstanceOf(Array)
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError)
          }
        },
      ),
    )
  })
})
