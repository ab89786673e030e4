/** The suites of isolation once more, by somebody who is not root. @module */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const NOBODY = '65534'
const SUITES = ['packages/trainer/test/isolation/bubblewrap-isolation.test.ts', 'packages/trainer/test/attacks']
const TOOLS = ['/usr/bin/setpriv', '/usr/bin/unshare', '/usr/bin/mount']

const missing = whyNot()

describe.skipIf(missing !== undefined)(
  `as an ordinary user${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it('keeps the contract, and stops every attack', { timeout: 600_000 }, async () => {
      const place = await mkdtemp(join(tmpdir(), 'aibomgen-nobody-'))
      try {
        const { passed, failures } = await runAsNobody(place)
        expect(failures).toEqual([])
        expect(passed).toBeGreaterThan(100)
      } finally {
        await rm(place, { recursive: true, force: true })
      }
    })
  },
)

function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'the suites run as an ordinary user already'
  const tool = TOOLS.find((path) => !existsSync(path))
  return tool === undefined ? undefined : `there is no ${tool}`
}

/**
 * In a mount namespace of its own, in which the repository lies where everybody may look: it may be in root's home. The
 * programs of `node_modules/.bin` need a home and a cache that they can write.
 */
async function runAsNobody(place: string): Promise<{ passed: number; failures: readonly string[] }> {
  const repository = join(import.meta.dirname, '../../../..')
  await chmod(place, 0o777)
  for (const name of ['repository', 'tmp', 'home']) await mkdir(join(place, name), { mode: 0o777 })
  for (const name of ['tmp', 'home']) await chmod(join(place, name), 0o777)
  const report = join(place, 'tmp/report.json')
  const node = join(place, 'tmp/node')
  const script = `
    mount --bind '${repository}' '${place}/repository' || exit 9
    touch '${node}' && mount --bind '${await realpath(process.execPath)}' '${node}' || exit 9
    cd '${place}/repository' || exit 9
    for cache in .vite .vite-temp; do
      mkdir -p node_modules/$cache && mount -t tmpfs -o mode=0777 none node_modules/$cache || exit 9
    done
    exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups '${node}' node_modules/vitest/vitest.mjs run \\
      ${SUITES.join(' ')} --no-file-parallelism --reporter=json --outputFile='${report}'`
  const env = { PATH: '/usr/bin:/bin', HOME: join(place, 'home'), TMPDIR: join(place, 'tmp') }
  const options = { env, maxBuffer: 64 * 1024 ** 2 }
  // Tests that failed are in the report; without a report, what was printed says why.
  const ran = await promisify(execFile)('unshare', ['--mount', 'sh', '-c', script], options).catch(
    (error: unknown) => error,
  )
  if (!existsSync(report)) throw ran
  return summarize(await readFile(report, 'utf8'))
}

function summarize(text: string): { passed: number; failures: readonly string[] } {
  const { numPassedTests, testResults } = JSON.parse(text) as {
    numPassedTests: number
    testResults: {
      message: string
      assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
    }[]
  }
  const failures = testResults.flatMap(({ message, assertionResults }) => [
    ...(assertionResults.length === 0 ? [message] : []),
    ...assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join(' ').slice(0, 400)}`),
  ])
  return { passed: numPassedTests, failures }
}
