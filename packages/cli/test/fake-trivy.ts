/** A program in trivy's place: takes what trivy takes, and prints what trivy prints. @module */

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/**
 * Lays a `trivy` into `directory`, and gives the PATH that finds it first. It reads the list of packages that it is
 * handed, as `trivy sbom` does, and knows one vulnerability, of the package `zod`, whatever its version.
 */
export async function installFakeTrivy(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, 'trivy')
  await writeFile(path, SOURCE)
  await chmod(path, 0o755)
  return [directory, process.env['PATH']].join(delimiter)
}

// The members and their order are those of Trivy's own JSON: https://trivy.dev/latest/docs/configuration/reporting/#json
const SOURCE = `#!/usr/bin/env node
const { readFileSync } = require('node:fs')
const [command, ...rest] = process.argv.slice(2)
const print = (value) => process.stdout.write(JSON.stringify(value, null, 2) + '\\n')
if (command === 'version') {
  print({
    Version: '0.70.0',
    VulnerabilityDB: {
      Version: 2,
      NextUpdate: '2026-11-22T06:12:02.123456Z',
      UpdatedAt: '2026-11-21T06:12:02.123456Z',
      DownloadedAt: '2026-11-21T09:00:00.5Z',
    },
  })
} else {
  const known = ['--quiet', '--format', 'json', '--scanners', 'vuln', '--']
  const target = rest.at(-1)
  if (command !== 'sbom' || JSON.stringify(rest.slice(0, -1)) !== JSON.stringify(known)) process.exit(1)
  const { bomFormat, components } = JSON.parse(readFileSync(target, 'utf8'))
  if (bomFormat !== 'CycloneDX') process.exit(1)
  const zod = components.find(({ name }) => name === 'zod')
  print({
    SchemaVersion: 2,
    CreatedAt: '2026-11-21T12:00:00.123456789Z',
    ArtifactName: target,
    ArtifactType: 'cyclonedx',
    Results: [
      {
        Target: 'Node.js',
        Class: 'lang-pkgs',
        Type: 'node-pkg',
        Vulnerabilities: [
          {
            VulnerabilityID: 'CVE-2026-0001',
            PkgID: 'zod@' + zod.version,
            PkgName: 'zod',
            PkgIdentifier: { PURL: zod.purl, BOMRef: zod.purl },
            InstalledVersion: zod.version,
            FixedVersion: '99.0.0',
            Status: 'fixed',
            SeveritySource: 'ghsa',
            PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2026-0001',
            DataSource: { ID: 'ghsa', Name: 'GitHub Security Advisory npm', URL: 'https://github.com/advisories' },
            Title: 'zod: made up for a test',
            Severity: 'HIGH',
            CweIDs: ['CWE-20'],
            References: ['https://example.org/CVE-2026-0001'],
          },
        ],
      },
    ],
  })
}
`
