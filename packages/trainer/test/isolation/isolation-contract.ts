import { DEFAULT_LIMITS, type ChildEnd, type Isolation, type Limits } from '@aibomgen/trainer'
import type { JsonValue } from '@aibomgen/core'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const MIB = 1024 ** 2

interface Ran {
  readonly messages: readonly JsonValue[]
  readonly log: string
  readonly end: ChildEnd
}

/** What every adapter of `Isolation` must do. */
export function describeIsolation(title: string, isolation: Isolation): void {
  describe(title, () => {
    let directory: string
    /** In the arguments of what a child starts: process ids mean nothing outside of its namespace. */
    let marker: string
    beforeEach(async () => {
      marker = randomUUID()
      directory = await mkdtemp(join(tmpdir(), 'aibomgen-isolation-'))
      await mkdir(join(directory, 'outputs'))
      await mkdir(join(directory, 'scratch'))
    })
    afterEach(() => rm(directory, { recursive: true }))

    /** Runs `script` as a training child. `onMessage` may answer. */
    async function run(
      script: string,
      options: {
        readonly limits?: Partial<Limits>
        readonly abortOn?: AbortController
        readonly onMessage?: (message: JsonValue, send: (message: JsonValue) => void) => void
      } = {},
    ): Promise<Ran> {
      const entry = join(directory, 'child.mjs')
      await writeFile(entry, `import { spawn } from 'node:child_process'\nimport fs from 'node:fs'\n${script}`)
      const messages: JsonValue[] = []
      const log: Uint8Array[] = []
      const signal = (options.abortOn ?? new AbortController()).signal
      const handle = await isolation.spawn(
        {
          entry,
          execArgv: [],
          argv: ['inputs/job.json', 'outputs'],
          directory,
          onMessage: (message) => {
            messages.push(message)
            options.onMessage?.(message, (answer) => handle.send(answer))
          },
          onLog: (bytes) => log.push(bytes),
        },
        { ...DEFAULT_LIMITS, ...options.limits },
        signal,
      )
      const end = await handle.ended
      return { messages, log: Buffer.concat(log).toString(), end }
    }

    it('hands over messages, both streams and the exit code', async () => {
      const script = `
        process.send({ argv: process.argv.slice(2), n: 1.5 })
        console.log('out'); console.error('err')
        process.exitCode = 3`
      const { messages, log, end } = await run(script)
      expect(messages).toEqual([{ argv: ['inputs/job.json', 'outputs'], n: 1.5 }])
      expect(log.split('\n').sort()).toEqual(['', 'err', 'out'])
      expect(end).toEqual({ exitCode: 3, signal: null })
    })

    it('sends messages to the child', async () => {
      const script = `process.on('message', (m) => { process.send({ got: m }); process.disconnect() }); process.send('hello')`
      const { messages, end } = await run(script, {
        onMessage: (message, send) => message === 'hello' && send({ type: 'cancel' }),
      })
      expect(messages).toEqual(['hello', { got: { type: 'cancel' } }])
      expect(end.exitCode).toBe(0)
    })

    it('starts the child in its workspace, with nothing of our environment', async () => {
      process.env.AIBOMGEN_TEST_SECRET = 'secret'
      const script = `process.send({ files: fs.readdirSync('.').sort(), names: Object.keys(process.env).sort() })`
      const { messages } = await run(script)
      delete process.env.AIBOMGEN_TEST_SECRET
      const [{ files, names }] = messages as unknown as [Record<'files' | 'names', readonly string[]>]
      expect(files).toEqual(['child.mjs', 'outputs', 'scratch'])
      expect(names.filter((name) => !/^(LANG|TZ|TF_|NODE_CHANNEL_|PWD$)/.test(name))).toEqual([])
    })

    it('lets what the listener throws end the child', async () => {
      const refusal = new Error('refused')
      const onMessage = (): void => {
        throw refusal
      }
      await expect(run(`process.send(1); setInterval(() => {}, 1000)`, { onMessage })).rejects.toBe(refusal)
    })

    it('kills the child and what it started when told to', async () => {
      const abortOn = new AbortController()
      const script = `
        const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '${marker}'])
        grandchild.on('spawn', () => process.send('spawned'))
        process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`
      const { messages, end } = await run(script, { abortOn, onMessage: () => abortOn.abort() })
      expect(messages).toEqual(['spawned'])
      expect(end).toEqual({ exitCode: null, signal: 'SIGKILL' })
      await expect.poll(() => findRunning(marker), { timeout: 30_000 }).toEqual([])
    })

    it('leaves nobody of the process group behind when the child ends by itself', async () => {
      const script = `
        const argv = ['-e', 'setInterval(() => {}, 1000)', '${marker}']
        const grandchild = spawn(process.execPath, argv, { stdio: 'inherit' })
        grandchild.on('spawn', () => process.send('spawned', () => process.exit(0)))`
      const { messages, end } = await run(script)
      expect(messages).toEqual(['spawned'])
      expect(end.exitCode).toBe(0)
      await expect.poll(() => findRunning(marker), { timeout: 30_000 }).toEqual([])
    })

    it('does not wait for a process that left the group and holds its streams', async () => {
      const script = `
        const options = { stdio: 'inherit', detached: true }
        const escaped = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)', '${marker}'], options)
        escaped.on('spawn', () => process.send('spawned', () => process.exit(0)))`
      const { messages, end } = await run(script)
      expect(messages).toEqual(['spawned'])
      expect(end.exitCode).toBe(0)
      for (const pid of await findRunning(marker)) process.kill(pid, 'SIGKILL')
    })

    it('does not start a child for a signal that has aborted, or kills it at once', async () => {
      const { end } = await run(`setInterval(() => {}, 1000)`, { abortOn: aborted() })
      expect(end.signal).toBe('SIGKILL')
    })

    it.each([
      ['time', `setInterval(() => {}, 1000)`, { wallClockSeconds: 1 }, 'seconds of training'],
      ['time in a busy loop', `for (;;);`, { wallClockSeconds: 1 }, 'seconds of training'],
      [
        'one output file',
        `try { fs.writeFileSync('outputs/big', Buffer.alloc(${2 * MIB})) } catch {}`,
        { outputBytes: MIB },
        'bytes in outputs',
      ],
      [
        'many output files',
        `for (let i = 0; i < 8; i++) fs.writeFileSync('outputs/' + i, Buffer.alloc(${MIB / 4})); setInterval(() => {}, 1000)`,
        { outputBytes: MIB },
        'bytes in outputs',
      ],
      [
        'small output files',
        `for (let i = 0; i < 1100; i++) fs.writeFileSync('outputs/' + i, '')`,
        {},
        'files in outputs',
      ],
      [
        'scratch',
        `fs.writeFileSync('scratch/big', Buffer.alloc(${2 * MIB})); setInterval(() => {}, 1000)`,
        { scratchBytes: MIB },
        'bytes in scratch',
      ],
    ])('stops a child that takes too much of %s', async (_, script, limits, what) => {
      await expect(run(script, { limits })).rejects.toMatchObject({ code: 'LIMIT_REACHED', detail: { what } })
    })

    it.skipIf(process.platform !== 'linux')(
      'stops a child that takes too much memory (skipped where there is no /proc)',
      async () => {
        const script = `const kept = []; setInterval(() => kept.push(Buffer.alloc(${16 * MIB}, 1)), 10)`
        const running = run(script, { limits: { memoryBytes: 200 * MIB } })
        await expect(running).rejects.toMatchObject({ code: 'LIMIT_REACHED', detail: { what: 'bytes of memory' } })
      },
    )

    it.skipIf(process.platform !== 'linux')(
      'stops a child that starts process after process (skipped where there is no /proc)',
      async () => {
        const script = `
          const argv = ['-e', 'setInterval(() => {}, 1000)', '${marker}']
          const start = () => { try { spawn(process.execPath, argv).on('error', () => {}) } catch {} }
          setInterval(start, 20)`
        const running = run(script, { limits: { processes: 60 } })
        await expect(running).rejects.toMatchObject({
          code: 'LIMIT_REACHED',
          detail: { what: 'processes and threads' },
        })
        await expect.poll(() => findRunning(marker), { timeout: 30_000 }).toEqual([])
      },
    )

    it.each([
      ['what is no JSON', `fs.writeSync(3, 'garbage\\n')`],
      ['two documents on a line', `fs.writeSync(3, '{} {}\\n')`],
      ['a number that would change by being read', `fs.writeSync(3, '9007199254740993\\n')`],
      ['a message without end', `const mib = 'x'.repeat(${MIB}); for (;;) try { fs.writeSync(3, mib) } catch {}`],
      ['a flood', `for (;;) try { fs.writeSync(3, '1\\n'.repeat(10_000)) } catch {}`],
    ])('stops a child that sends %s', async (_, script) => {
      const hanging = `${script}\nsetInterval(() => {}, 1000)`
      await expect(run(hanging)).rejects.toMatchObject({ code: 'CHILD_PROTOCOL' })
    })

    it('says that a child that cannot be started is unavailable', async () => {
      const child = { entry: '/x.mjs', execArgv: [], argv: [], directory: join(directory, 'missing') }
      const spawning = isolation.spawn(
        { ...child, onMessage: () => undefined, onLog: () => undefined },
        DEFAULT_LIMITS,
        new AbortController().signal,
      )
      await expect(spawning).rejects.toMatchObject({ code: 'ISOLATION_UNAVAILABLE' })
    })

    it.skipIf(process.platform !== 'linux')(
      'sets the limits that its report speaks of (skipped where there is no /proc)',
      async () => {
        const { resources } = await isolation.probe()
        const script = `process.send(fs.readFileSync('/proc/self/limits', 'utf8').split('\\n'))`
        const { messages } = await run(script, {
          limits: { openFiles: 321, outputBytes: 4 * MIB, scratchBytes: 5 * MIB },
        })
        const limits = JSON.stringify(messages[0])
        const reported = (resource: keyof typeof resources): string => JSON.stringify(resources[resource])
        expect(/Max open files +321 /.test(limits)).toBe(reported('openFiles').includes('RLIMIT_NOFILE'))
        expect(/Max file size +5242881 /.test(limits)).toBe(reported('outputSize').includes('RLIMIT_FSIZE'))
        expect(/Max data size +\d+ /.test(limits)).toBe(reported('memory').includes('RLIMIT_DATA'))
      },
    )
  })
}

function aborted(): AbortController {
  const controller = new AbortController()
  controller.abort()
  return controller
}

/**
 * Processes with `marker` among their arguments; none where there is no /proc. A killed process that nobody has waited
 * for yet has no arguments any more.
 */
async function findRunning(marker: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      return argv.includes(marker) ? [Number(pid)] : []
    }),
  )
  return found.flat()
}
