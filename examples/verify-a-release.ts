/** Verifies a release directory, with a trust root that the verifier already holds. @module */

import { fileURLToPath } from 'node:url'

import { parseTrustRoot, toTimestamp } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import { verifyRelease } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'

const vectors = fileURLToPath(new URL('../vectors/releases', import.meta.url))
const [directory = `${vectors}/wine`, trustFile = `${vectors}/trust-root.json`] = process.argv.slice(2)

const report = await verifyRelease(await openReleaseDirectory(directory), {
  trustRoot: parseTrustRoot(await readFileBounded(trustFile, 1024 * 1024)),
  clock: { now: () => toTimestamp(new Date()) },
})
for (const check of report.checks) {
  const found = check.status === 'pass' ? check.evidence : check.status === 'fail' ? check.message : check.reason
  console.log(`${check.status.padEnd(8)}${check.name.padEnd(18)}${found}`)
}
console.log(report.verdict)
process.exitCode = report.verdict === 'pass' ? 0 : 1
