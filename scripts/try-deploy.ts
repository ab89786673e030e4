/**
 * `npm run try-deploy`: takes deploy/ as its documentation says to, from nothing to a verified release, and holds the
 * running containers to what it promises of them. Leaves nothing behind but the images.
 *
 * @module
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual, parseArgs } from 'node:util'

import { parse } from 'yaml'

const { values } = parseArgs({ options: { file: { type: 'string', multiple: true, default: [] } } })
const root = resolve(import.meta.dirname, '..')
const scratch = mkdtempSync(join(tmpdir(), 'aibomgen-deploy-'))
const checkout = join(scratch, 'checkout')
const owner = join(scratch, 'owner')
const release = join(scratch, 'release')
const server = 'http://127.0.0.1:8000'
const READY_SECONDS = 180

const files = [join(checkout, 'deploy/compose.yaml'), ...values.file.map((file) => resolve(file))]
const project = ['compose', '--project-name', 'aibomgen-try', ...files.flatMap((file) => ['--file', file])]

/** What compose.yaml says of each of our containers, as the kernel tells it of the container's first process. */
const CONFINED = { Uid: '10001', CapEff: '0000000000000000', CapBnd: '0000000000000000', NoNewPrivs: '1', Seccomp: '2' }
/** The same, for a container that compose does not start. */
const confined = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true', '--network', 'none']

interface PodSpec {
  readonly initContainers: readonly [{ readonly image: string; readonly command: readonly string[] }]
}

let failed = 0
try {
  say('Build the images')
  copyCheckout()
  show('docker', ...project, 'build')

  say('Make secrets, keys, and a home for each service')
  run('sh', join(checkout, 'deploy/prepare.sh'))
  aibomgen('init')
  asRoot('sh', '/checkout/deploy/make-homes.sh', '/owner')

  say('Start, and submit a job')
  await start()
  const id = submit()
  checkRelease(id)

  say('Look at what runs')
  for (const service of ['server', 'issuer', 'worker']) checkConfined(service)
  check(
    'there are two workers',
    docker(...project, 'ps', '--quiet', 'worker')
      .trim()
      .split('\n').length === 2,
  )
  checkWayOut()

  say('Take it down, and start it again')
  show('docker', ...project, 'down')
  await start()
  const { state } = JSON.parse(aibomgen('status', id, '--server', server, '--json')) as { readonly state: string }
  check('the job is still there', state === 'completed', state)

  say('Unpack homes as pods do')
  for (const service of ['server', 'issuer', 'worker']) checkUnpacking(service)
} catch (error) {
  failed += 1
  console.error(error instanceof Error ? error.message : error)
  spawnSync('docker', [...project, 'logs', '--tail', '40'], { stdio: 'inherit' })
} finally {
  spawnSync('docker', [...project, 'down', '--volumes', '--timeout', '5'], { stdio: 'inherit' })
  // What containers wrote belongs to their users.
  if (existsSync(join(checkout, 'deploy/homes'))) asRoot('find', '/checkout', '-mindepth', '1', '-delete')
  rmSync(scratch, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1

/** What a clone would have, and what is new here: no secrets, no node_modules. */
function copyCheckout(): void {
  const listed = run('git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard')
  for (const file of listed.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true })
    cpSync(join(root, file), join(checkout, file), { recursive: true, verbatimSymlinks: true })
  }
}

async function start(): Promise<void> {
  show('docker', ...project, 'up', '--detach', '--scale', 'worker=2')
  const until = performance.now() + READY_SECONDS * 1000
  while (!(await isReady())) {
    if (performance.now() > until) throw new Error(`${server}/readyz: expected 200 within ${READY_SECONDS} seconds`)
    await setTimeout(500)
  }
}

/** A server that does not listen yet is not ready. */
async function isReady(): Promise<boolean> {
  return fetch(`${server}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}

function submit(): string {
  const at = (name: string): string => join(root, 'packages/cli/examples/wine', name)
  const inputs = ['--model', at('model.keras'), '--dataset', at('dataset.csv'), '--definition', at('definition.yaml')]
  const told = aibomgen('submit', '--server', server, ...inputs, '--epochs', '20', '--wait', '--json')
  return (JSON.parse(told) as { readonly job_id: string }).job_id
}

/** By the owner's trust root, which came from no container. */
function checkRelease(id: string): void {
  aibomgen('download', id, '--server', server, '--out', release)
  const { verdict } = JSON.parse(aibomgen('verify', release, '--json')) as { readonly verdict: string }
  check('its release verifies', verdict === 'pass', verdict)
  const environment = JSON.parse(readFileSync(join(release, 'environment.json'), 'utf8')) as {
    readonly keySeparation: string
    readonly isolation: { readonly name: string }
  }
  check('no service has the keys of two', environment.keySeparation === 'separate', environment.keySeparation)
  console.log(`trained under ${environment.isolation.name}`)
}

function checkConfined(service: string): void {
  const status = docker(...project, 'exec', '--no-TTY', service, 'cat', '/proc/1/status')
  const lines = new Map(status.split('\n').map((line) => line.split(/:?\t/) as [string, string]))
  const found = Object.fromEntries(Object.keys(CONFINED).map((name) => [name, lines.get(name)]))
  check(`${service} runs as nobody, with no power`, isDeepStrictEqual(found, CONFINED), JSON.stringify(found))
  const { stderr } = attempt('docker', ...project, 'exec', '--no-TTY', service, 'touch', '/app/here')
  check(`${service} cannot change itself`, stderr.includes('Read-only file system'), stderr)
}

/** npm's registry, from which the images were just built, stands for everywhere else. */
function checkWayOut(): void {
  const ping = ['npm', 'ping', '--cache=/tmp/npm', '--fetch-retries=0', '--fetch-timeout=10000']
  const [fromServer, fromWorker] = ['server', 'worker'].map((service) =>
    attempt('docker', ...project, 'exec', '--no-TTY', service, ...ping),
  )
  if (fromServer?.status !== 0) console.log(`skipped the way out: the server has none either\n${fromServer?.stderr}`)
  else check('the worker has no way out, as the server has', fromWorker?.status !== 0)
}

/** By the command of the manifest, into a directory as kubelet makes it: root's, open to the pod's group. */
function checkUnpacking(service: string): void {
  const [manifest = ''] = readFileSync(join(checkout, `deploy/kubernetes/${service}.yaml`), 'utf8').split('\n---\n')
  const deployment = parse(manifest) as { readonly spec: { readonly template: { readonly spec: PodSpec } } }
  const [{ image, command }] = deployment.spec.template.spec.initContainers
  const at = `/checkout/pods/${service}`
  asRoot('install', '--directory', `${at}/secret`)
  asRoot('install', '--directory', '--group=10001', '--mode=2777', `${at}/home`)
  asRoot('tar', '-C', `/checkout/deploy/homes/${service}`, '-cf', `${at}/secret/home.tar`, '.')
  const mounts = ['secret:/secret:ro', 'home:/var/lib/aibomgen/home'].flatMap((mount) => [
    '--volume',
    `${join(checkout, 'pods', service)}/${mount}`,
  ])
  const inPod = ['run', '--rm', '--user', '10001:10001', ...confined, ...mounts]
  const [program = '', ...argv] = command
  docker(...inPod, '--entrypoint', program, image, ...argv)
  const role = service === 'server' ? 'intake' : service
  const keys = docker(...inPod, image, 'keys', 'list')
  check(`${service} has its key in a pod, and no other`, keys.includes(`private keys here: ${role}\n`), keys)
}

/** In a container, so that it needs no root here. */
function asRoot(...command: readonly string[]): void {
  const mounts = ['--volume', `${checkout}:/checkout`, '--volume', `${owner}:/owner:ro`]
  const [program = '', ...argv] = command
  const image = ['--entrypoint', program, 'aibomgen/server:0.1.0']
  docker('run', '--rm', '--user', '0:0', '--network', 'none', ...mounts, ...image, ...argv)
}

function aibomgen(...argv: readonly string[]): string {
  return run(process.execPath, join(root, 'packages/cli/bin/aibomgen.js'), ...argv)
}

function docker(...argv: readonly string[]): string {
  return run('docker', ...argv)
}

/** What it printed. Throws where it fails. */
function run(program: string, ...argv: readonly string[]): string {
  const env = { ...process.env, AIBOMGEN_HOME: owner }
  return execFileSync(program, argv, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  })
}

function show(program: string, ...argv: readonly string[]): void {
  execFileSync(program, argv, { stdio: ['ignore', 'inherit', 'inherit'] })
}

function attempt(
  program: string,
  ...argv: readonly string[]
): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(program, argv, { encoding: 'utf8', timeout: 60_000 })
}

function check(what: string, holds: boolean, detail = ''): void {
  if (!holds) failed += 1
  console.log(holds ? `passed ${what}` : `failed ${what}: ${detail}`)
}

function say(what: string): void {
  console.log(`\n== ${what}`)
}
