/** A training child that somebody has taken over: what it reaches, and how its job ends. @module */

import {
  createBubblewrapIsolation,
  createContainerIsolation,
  createProcessIsolation,
  NO_CONTROL_GROUPS,
  type Isolation,
} from '@aibomgen/trainer'
import { randomUUID } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startEngine } from '../isolation/container-engine.ts'
import { whyNot } from '../isolation/why-not.ts'
import { runHostile } from './hostile-run.ts'

const MIB = 1024 ** 2

const engine = await startEngine()
afterAll(async () => {
  if (typeof engine !== 'string') await engine.stop()
}, 60_000)

/** Strongest first; `reach` is what the isolation must keep from the child, or admits that it does not. */
const isolations: readonly (readonly [string, Isolation, 'confined' | 'open'])[] = [
  ['a container', createContainerIsolation(typeof engine === 'string' ? {} : engine), 'confined'],
  ['bubblewrap', createBubblewrapIsolation(), 'confined'],
  ['bubblewrap without control groups', createBubblewrapIsolation({ controlGroups: NO_CONTROL_GROUPS }), 'confined'],
  ['process', createProcessIsolation(), 'open'],
  ['process without control groups', createProcessIsolation({ controlGroups: NO_CONTROL_GROUPS }), 'open'],
]

/** What the child must not have: a key, a place of ours to write, and somebody to talk to. */
let home: string
let tcp: Server
let local: Server
let abstract: Server
let udp: Socket
const heard: string[] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'aibomgen-home-'))
  await writeFile(join(home, 'worker.pem'), 'PRIVATE KEY', { mode: 0o600 })
  const listen = (where: object): Server => createServer((one) => one.end('hello')).listen(where)
  tcp = listen({ host: '127.0.0.1', port: 0 })
  local = listen({ path: join(home, 'socket') })
  abstract = listen({ path: `\0aibomgen-attack-${process.pid}` })
  udp = createSocket('udp4').on('message', (message) => heard.push(message.toString()))
  udp.bind(0, '127.0.0.1')
  await Promise.all([tcp, local, abstract, udp].map((one) => once(one, 'listening')))
})
afterAll(async () => {
  for (const one of [tcp, local, abstract, udp]) one.close()
  await rm(home, { recursive: true })
})

const port = (server: Server | Socket): number => (server.address() as AddressInfo).port

for (const [name, isolation, reach] of isolations) {
  const missing = isolation.name === 'container' && typeof engine === 'string' ? engine : await whyNot(isolation)
  const skipped = missing === undefined ? '' : ` (skipped: ${missing})`
  describe.skipIf(missing !== undefined)(`a hostile child under ${name}${skipped}`, () => {
    it.skipIf(reach === 'open')('reads no key, no user’s file and nothing of other processes', async () => {
      const { code, found } = await runHostile(
        isolation,
        `await attempt('key', () => fs.readFileSync('${home}/worker.pem'))
         await attempt('passwd', () => fs.readFileSync('/etc/passwd'))
         await attempt('home', () => fs.readdirSync('/root'))
         await attempt('homes', () => fs.readdirSync('/home'))
         await attempt('ours', () => fs.readFileSync('/proc/${process.pid}/environ'))
         await attempt('pids', () => fs.readdirSync('/proc').filter((name) => Number(name) > 20).length)
         await attempt('shell', () => child_process.execFileSync('/bin/sh', ['-c', 'id']))
         await attempt('kill', () => process.kill(${process.pid}, 'SIGKILL'))
         tell()`,
      )
      expect(found).toEqual({
        key: 'ENOENT',
        passwd: 'ENOENT',
        home: 'ENOENT',
        homes: 'ENOENT',
        ours: 'ENOENT',
        pids: '0',
        shell: 'ENOENT',
        kill: 'ESRCH',
      })
      expect(code).toBe('CHILD_DIED')
    })

    it.skipIf(reach === 'confined')('reaches what its report admits', async () => {
      const { keys, resources } = await isolation.probe()
      const { found } = await runHostile(
        isolation,
        `await attempt('key', () => fs.readFileSync('${home}/worker.pem'))
         await attempt('tcp', async () => once(net.connect(${port(tcp)}, '127.0.0.1'), 'data'))
         tell()`,
      )
      expect(found).toEqual({ key: 'PRIVATE KEY', tcp: 'hello' })
      expect([keys, resources.fileSystem.status, resources.network.status]).toEqual([
        'reachable',
        'not-enforced',
        'not-enforced',
      ])
    })

    it.skipIf(reach === 'open')('writes nothing but outputs and scratch', async () => {
      const { found } = await runHostile(
        isolation,
        `for (const path of ['${home}/x', '/x', '/usr/lib/x', '/dev/x', 'x', 'inputs/x', '/proc/self/oom_score_adj',
           '/proc/sys/kernel/core_uses_pid', '/proc/sysrq-trigger']) await attempt(path, () => fs.writeFileSync(path, '0'))
         await attempt('change an input', () => { fs.chmodSync('inputs/model', 0o777); fs.appendFileSync('inputs/model', 'x') })
         await attempt('remove an input', () => fs.unlinkSync('inputs/model'))
         await attempt('outputs', () => fs.writeFileSync('outputs/x', 'x'))
         await attempt('scratch', () => fs.writeFileSync('scratch/x', 'x'))
         tell()`,
      )
      const { outputs, scratch, ...others } = found
      expect(Object.keys(others)).toHaveLength(11)
      // No engine mounts all of /proc read-only, and how soon it is killed is a process's own affair.
      const isAllowed = (path: string): boolean => isolation.name === 'container' && path === '/proc/self/oom_score_adj'
      expect([outputs, scratch]).toEqual(['done', 'done'])
      expect(Object.entries(others).filter(([path, result]) => result === 'done' && !isAllowed(path))).toEqual([])
      expect((await readdir(home)).sort()).toEqual(['socket', 'worker.pem'])
      expect(await readFile('/proc/sys/kernel/core_uses_pid', 'utf8')).toMatch(/^\d+\n$/)
    })

    it.skipIf(reach === 'open')('talks to nobody', async () => {
      const { found } = await runHostile(
        isolation,
        `await attempt('tcp', () => once(net.connect(${port(tcp)}, '127.0.0.1'), 'data'))
         await attempt('tcp6', () => once(net.connect(${port(tcp)}, '::1'), 'data'))
         await attempt('local', () => once(net.connect('${home}/socket'), 'data'))
         await attempt('abstract', () => once(net.connect('\\0aibomgen-attack-${process.pid}'), 'data'))
         await attempt('listen', () => once(net.createServer().listen(0), 'listening'))
         await attempt('udp', () => new Promise((resolve, reject) => {
           dgram.createSocket('udp4').on('error', reject)
             .send('psst', ${port(udp)}, '127.0.0.1', (error) => error ? reject(error) : resolve('sent'))
         }))
         await attempt('dns', async () => (await import('node:dns/promises')).lookup('example.org'))
         tell(); process.exit(1)`,
      )
      const { dns, ...sockets } = found
      expect(Object.values(sockets)).toEqual(Array(6).fill('EPERM'))
      expect(dns).toMatch(/^E/)
      expect(heard).toEqual([])
    })

    it('forks without end, and is stopped with all that it started', async () => {
      const fork = `
        process.on('SIGTERM', () => {})
        const argv = [process.argv[1]]
        const go = () => { try { child_process.spawn(process.execPath, argv, { stdio: 'ignore' }).on('error', () => {}) } catch {} }
        setInterval(go, 20)`
      const { code, detail } = await runHostile(isolation, fork, { processes: 60, wallClockSeconds: 30 })
      expect(code).toBe('LIMIT_REACHED')
      expect(detail['what']).toBe('processes and threads')
    })

    it('leaves nobody behind who left its process group', async () => {
      const { resources } = await isolation.probe()
      const marker = randomUUID()
      const { code } = await runHostile(
        isolation,
        `const argv = ['-e', 'setTimeout(() => {}, 60_000)', '${marker}']
         const escaped = child_process.spawn(process.execPath, argv, { detached: true, stdio: 'ignore' })
         escaped.on('spawn', () => process.exit(0))`,
      )
      expect(code).toBe('CHILD_DIED')
      const isGone = reach === 'confined' || resources.processes.status === 'enforced'
      if (isGone) await expect.poll(() => isRunning(marker), { timeout: 30_000 }).toBe(false)
      else await killAll(marker)
    })

    it('eats memory in many processes, and is stopped', async () => {
      const eat = `const kept = []; setInterval(() => kept.push(Buffer.alloc(${8 * MIB}, 1)), 10)`
      const script = `
        for (let i = 0; i < 3; i++) child_process.spawn(process.execPath, ['-e', ${JSON.stringify(eat)}], { stdio: 'ignore' })
        ${eat}`
      const { code, detail } = await runHostile(isolation, script, { memoryBytes: 300 * MIB })
      expect([code, detail['what']]).toEqual(['LIMIT_REACHED', 'bytes of memory'])
    })

    it('runs past the clock, deaf to requests, and is stopped', async () => {
      const script = `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); for (;;);`
      const { code, detail } = await runHostile(isolation, script, { wallClockSeconds: 1 })
      expect([code, detail['what']]).toEqual(['LIMIT_REACHED', 'seconds of training'])
    })

    it.each([
      ['outputs', { outputBytes: 4 * MIB, scratchBytes: 4 * MIB }],
      ['scratch', { outputBytes: 4 * MIB, scratchBytes: 4 * MIB }],
    ])('fills the disk with %s, and is stopped', async (where, limits) => {
      const script = `
        fs.mkdirSync('${where}/a/b', { recursive: true })
        for (let i = 0; ; i++) fs.writeFileSync('${where}/a/b/' + i % 100, Buffer.alloc(${MIB}))`
      const { code, detail } = await runHostile(isolation, script, limits)
      expect([code, detail['what']]).toEqual(['LIMIT_REACHED', `bytes in ${where}`])
    })

    it.skipIf(reach === 'open')('fills memory that looks like a disk, and gets no more than its share', async () => {
      const { found } = await runHostile(
        isolation,
        `const fill = (path) => { for (let n = 0; n < 1000; n++) fs.appendFileSync(path, Buffer.alloc(${MIB})) }
         await attempt('tmp', () => fill('/tmp/x'))
         await attempt('shm', () => fill('/dev/shm/x'))
         tell()`,
        { memoryBytes: 1024 * MIB },
      )
      expect(found).toEqual({ tmp: 'ENOSPC', shm: 'ENOSPC' })
    })

    it.each([
      ['a link to a key', (key: string) => `fs.unlinkSync(name); fs.symlinkSync('${key}', name)`],
      ['a link to an input', () => `fs.unlinkSync(name); fs.symlinkSync('../inputs/model', name)`],
      ['one file under two names', () => `fs.linkSync(name, 'again')`],
      ['a folder', () => `fs.unlinkSync(name); fs.mkdirSync(name)`],
      [
        'a folder that nobody may open',
        () => `fs.mkdirSync('outputs/shut/in', { recursive: true }); fs.chmodSync('outputs/shut', 0)`,
      ],
      [
        'a scratch that nobody may open',
        () =>
          `fs.mkdirSync('scratch/shut/in', { recursive: true }); fs.chmodSync('scratch/shut', 0); fs.writeFileSync('outputs/x', '')`,
      ],
      ['one file too many', () => `fs.writeFileSync('outputs/more', '')`],
      [
        'a link in place of the directory',
        () => `fs.rmSync('outputs', { recursive: true }); fs.symlinkSync('/etc', 'outputs')`,
      ],
    ])('leaves %s among its outputs, and has none', async (_, spoil) => {
      const script = `
        writeOutputs()
        const name = 'outputs/trained_model.keras'
        ${spoil(join(home, 'worker.pem'))}
        await endWell(); process.disconnect()`
      const { code } = await runHostile(isolation, script)
      expect(['CHILD_PROTOCOL', 'CHILD_DIED']).toContain(code)
    })

    it('leaves the parent able to train', async () => {
      const { code } = await runHostile(isolation, `writeOutputs(); await endWell(); process.disconnect()`)
      expect(code).toBeUndefined()
    })
  })
}

/** Processes with `marker` among their arguments. */
async function findRunning(marker: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (argv.split('\0').includes(marker)) found.push(Number(pid))
  }
  return found
}

async function isRunning(marker: string): Promise<boolean> {
  return (await findRunning(marker)).length > 0
}

/** Of a confinement that does not: it says so, and the machine is left as it was. */
async function killAll(marker: string): Promise<void> {
  for (const pid of await findRunning(marker)) process.kill(pid, 'SIGKILL')
}
