/** A container engine of the tests' own, with one image: an empty root. @module */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

/** What an isolation takes to use it. */
export interface TestEngine {
  readonly image: string
  readonly environment: Readonly<Record<string, string>>
  /** Ids of all containers that there are, one a line. */
  listContainers(): Promise<string>
  stop(): Promise<void>
}

const START_SECONDS = 60
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The engine; or why there can be none here. */
export async function startEngine(): Promise<TestEngine | string> {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'only root can start a container engine'
  const missing = ['docker', 'dockerd', 'tar'].find((name) => !PATH.split(':').some((at) => existsSync(join(at, name))))
  if (missing !== undefined) return `there is no ${missing}`

  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-engine-'))
  const at = (name: string): string => join(directory, name)
  const environment = { PATH, HOME: directory, DOCKER_HOST: `unix://${at('socket')}` }
  const apart = [
    '--data-root',
    at('data'),
    '--exec-root',
    at('exec'),
    '--pidfile',
    at('pid'),
    '-H',
    environment.DOCKER_HOST,
  ]
  const quiet = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs']
  const daemon = spawn('dockerd', [...apart, ...quiet], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  daemon.stderr.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-2000)))
  const gone = once(daemon, 'exit').catch((error: unknown) => [error])
  const docker = async (argv: readonly string[]): Promise<string> =>
    (await promisify(execFile)('docker', argv, { env: environment, timeout: START_SECONDS * 1000 })).stdout.trim()
  const stop = async (): Promise<void> => {
    if (daemon.exitCode === null && daemon.signalCode === null) daemon.kill('SIGTERM')
    if ((await Promise.race([gone, setTimeout(20_000, undefined, { ref: false })])) === undefined)
      daemon.kill('SIGKILL')
    await gone
    await rm(directory, { recursive: true, force: true })
  }

  try {
    await waitUntilReady(docker, daemon)
    await mkdir(at('root/etc'), { recursive: true })
    await promisify(execFile)('tar', ['-C', at('root'), '-cf', at('root.tar'), '.'])
    const image = await docker(['import', at('root.tar')])
    return { image, environment, listContainers: () => docker(['ps', '--all', '--quiet']), stop }
  } catch (error) {
    await stop()
    const last = said.trim().split('\n').at(-1) ?? ''
    return `dockerd does not start: ${error instanceof Error ? error.message : String(error)} ${last}`
  }
}

async function waitUntilReady(
  docker: (argv: readonly string[]) => Promise<string>,
  daemon: { readonly exitCode: number | null },
): Promise<void> {
  const started = performance.now()
  for (;;) {
    try {
      await docker(['info'])
      return
    } catch (error) {
      if (daemon.exitCode !== null || performance.now() - started > START_SECONDS * 1000) throw error
    }
    await setTimeout(100)
  }
}
