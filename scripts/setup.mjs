/** Makes a fresh clone ready: installs what the lock file says, then builds. Runs on Node 20, which machines come with. */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Our tools, and the Node that they need, come from `node_modules`. */
export const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
}

/** Runs a program in the repository's root, on our own streams. Gives its exit code. */
export function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, env: environment, stdio: 'inherit' })
  if (error !== undefined) console.error(`${program}: ${error.message}`)
  return status ?? 1
}

/** Installs where something is missing or older than the lock file, and builds what has changed. Throws where it cannot. */
export function setUp() {
  installPackages()
  runOrThrow('npm', ['run', '--silent', 'build'])
}

/** Installs what the lock file says, where it is not there already. Throws where it cannot. */
export function installPackages() {
  if (!isInstalled()) runOrThrow('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const wanted = join(root, 'package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs
}

function runOrThrow(program, args) {
  const status = run(program, args)
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed with exit code ${status}`)
}

if (process.argv[1] === import.meta.filename) setUp()
