/** Packs every package and asks publint and attw whether others can use it. @module */

import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'aibomgen-pack-'))
let failed = 0

try {
  for (const manifest of globSync('packages/*/package.json', { cwd: root }).sort()) check(dirname(manifest))
} finally {
  rmSync(scratch, { recursive: true })
}
process.exitCode = failed === 0 ? 0 : 1

function check(directory: string): void {
  try {
    const packed = execute('npm', ['pack', '--json', '--pack-destination', scratch], join(root, directory))
    const tarball = join(scratch, tarballName(packed))
    execute('publint', ['run', tarball, '--strict'], root)
    execute('attw', [tarball, '--profile', 'esm-only'], root)
    console.log(`passed ${directory}`)
  } catch (error) {
    failed += 1
    console.log(`failed ${directory}\n${outputOf(error)}`)
  }
}

function tarballName(packed: string): string {
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  return filename
}

function execute(program: string, argv: readonly string[], cwd: string): string {
  return execFileSync(program, argv, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function outputOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string }
  return `${stdout}${stderr}` || error.message
}
