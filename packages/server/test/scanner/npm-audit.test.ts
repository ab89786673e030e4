import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { createNpmAuditScanner } from '../../src/scanner/npm-audit.ts'
import type { ScanOutcome } from '../../src/scanner/vulnerability-scan.ts'
import { CLOCK } from '../operation/lines.ts'
import { installStandIn } from './stand-in.ts'

const REPORT = {
  auditReportVersion: 2,
  vulnerabilities: {
    minimist: {
      name: 'minimist',
      severity: 'critical',
      isDirect: false,
      via: [
        {
          source: 1097678,
          name: 'minimist',
          title: 'Prototype Pollution in minimist',
          url: 'https://github.com/advisories/GHSA-xvch-5gv4-984h',
          severity: 'critical',
          range: '<0.2.4',
        },
      ],
      effects: ['mkdirp'],
      range: '<0.2.4',
      nodes: ['node_modules/minimist', 'node_modules/x/node_modules/minimist'],
      fixAvailable: true,
    },
    mkdirp: {
      name: 'mkdirp',
      severity: 'critical',
      isDirect: true,
      via: ['minimist'],
      effects: [],
      range: '0.4.1 - 0.5.1',
      nodes: ['node_modules/mkdirp'],
      fixAvailable: true,
    },
  },
  metadata: {},
}
const LOCK = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'x' },
    'node_modules/minimist': { version: '0.0.8' },
    'node_modules/x/node_modules/minimist': { version: '0.2.0' },
    'node_modules/mkdirp': { version: '0.5.1' },
  },
}

async function audit(source: string): Promise<ScanOutcome> {
  const { directory, env } = await installStandIn('npm', source)
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify(LOCK))
  const scanner = createNpmAuditScanner({ directory, env, timeoutSeconds: 20, maxOutputBytes: 1024 * 1024 }, CLOCK)
  return scanner.scan(new AbortController().signal)
}

describe('createNpmAuditScanner', () => {
  it('finds each advisory at each installed version, though npm ends with 1', async () => {
    const outcome = await audit(`console.log(${JSON.stringify(JSON.stringify(REPORT))}); process.exitCode = 1`)
    const finding = {
      id: 'GHSA-xvch-5gv4-984h',
      severity: 'critical',
      packageName: 'minimist',
      title: 'Prototype Pollution in minimist',
    }
    expect(outcome).toMatchObject({
      state: 'scanned',
      findings: [
        { ...finding, packageVersion: '0.0.8' },
        { ...finding, packageVersion: '0.2.0' },
      ],
    })
  })

  it('is unavailable, with the reason, where the registry refuses', async () => {
    const refusal = { message: '405 Method Not Allowed', error: { code: 'E405', summary: '', detail: '' } }
    expect(await audit(`console.log(${JSON.stringify(JSON.stringify(refusal))}); process.exitCode = 1`)).toEqual({
      state: 'not scanned',
      why: 'unavailable',
      reason: 'the registry gives no audit: 405 Method Not Allowed',
    })
  })

  it.each([
    ['garbage', `console.log('npm ERR!')`],
    ['a report of another version', `console.log('{"auditReportVersion":1,"vulnerabilities":{}}')`],
  ])('has not scanned when npm writes %s', async (_, source) => {
    expect(await audit(source)).toMatchObject({ state: 'not scanned', why: 'not-understood' })
  })
})
