/** A real PostgreSQL for tests, started by them: an unprivileged user's, on a port of its own, gone afterwards. @module */

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import pg from 'pg'

/** Debian's places, newest version first. */
const BINARIES = globSync('/usr/lib/postgresql/*/bin').sort().reverse()[0]

/** Why there can be no PostgreSQL here; undefined where there can. */
export const noPostgres: string | undefined =
  BINARIES === undefined ? 'there is no PostgreSQL server: apt-get install postgresql' : undefined

/** A running server. */
export interface PostgresServer extends AsyncDisposable {
  /** Makes an empty database and gives its URL. */
  createDatabase(): Promise<string>
  /** Ends every connection to a database, as a network that breaks does. */
  cutConnections(url: string): Promise<void>
  /** Stops the server at once, as a power failure does. */
  kill(): Promise<void>
  /** Starts it again, at the same place. */
  start(): Promise<void>
}

/** Starts a server. Ask `noPostgres` first. */
export async function startPostgres(): Promise<PostgresServer> {
  if (BINARIES === undefined) throw new Error(noPostgres)
  const owner = await unprivilegedUser()
  const directory = await mkdtemp(join(tmpdir(), 'postgres-test-'))
  await chown(directory, owner.uid, owner.gid)
  const data = join(directory, 'data')
  await promisify(execFile)(join(BINARIES, 'initdb'), ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8'], owner)
  const port = await freePort()
  const url = (database: string): string => `postgres://test@127.0.0.1:${port}/${database}`
  let running: ChildProcess | undefined
  let databases = 0

  async function start(): Promise<void> {
    const options = ['-D', data, '-p', String(port), '-k', directory, '-c', 'listen_addresses=127.0.0.1']
    running = spawn(join(BINARIES ?? '', 'postgres'), options, { ...owner, stdio: ['ignore', 'ignore', 'pipe'] })
    for await (const chunk of running.stderr ?? []) {
      if (String(chunk).includes('database system is ready to accept connections')) break
    }
    running.stderr?.resume()
  }
  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (running === undefined) return
    const exited = once(running, 'exit')
    running.kill(signal)
    await exited
    running = undefined
  }
  async function asTest(statement: string): Promise<void> {
    const client = new pg.Client(url('postgres'))
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }

  await start()
  return {
    async createDatabase() {
      const name = `test_${++databases}`
      await asTest(`CREATE DATABASE ${name}`)
      return url(name)
    },
    cutConnections(target) {
      const name = new URL(target).pathname.slice(1)
      return asTest(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    },
    kill: () => stop('SIGQUIT'),
    start,
    async [Symbol.asyncDispose]() {
      await stop('SIGQUIT')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root: it runs as `postgres` or `nobody` then. */
async function unprivilegedUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (uid !== 0) return { uid, gid }
  const idOf = async (option: string): Promise<number> => {
    const { stdout } = await promisify(execFile)('sh', ['-c', `id ${option} postgres || id ${option} nobody`])
    return Number(stdout)
  }
  return { uid: await idOf('-u'), gid: await idOf('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
