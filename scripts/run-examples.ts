/** Runs every example against the built packages: each must exit with 0. @module */

import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const TIMEOUT_SECONDS = 300
let failed = 0

for (const example of globSync('examples/*.ts', { cwd: root }).sort()) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [example], {
    cwd: root,
    encoding: 'utf8',
    timeout: TIMEOUT_SECONDS * 1000,
  })
  if (status === 0) {
    console.log(`passed ${example}`)
  } else {
    failed += 1
    console.log(`failed ${example} (${signal ?? `exit code ${status}`})\n${stdout}${stderr}`)
  }
}
process.exitCode = failed === 0 ? 0 : 1
