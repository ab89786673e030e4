import { OUTPUT_NAMES, parseTimestamp, TRAINING_COMMAND, type Clock } from '@aibomgen/core'
import {
  createProcessIsolation,
  DEFAULT_LIMITS,
  runTraining,
  type Isolation,
  type TrainingEvent,
  type TrainingOptions,
  type TrainingOutcome,
} from '@aibomgen/trainer'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const requestedAt = parseTimestamp('2026-11-22T19:42:00Z')
const jobId = '5f0c0b4e-3f0b-4f0e-9a53-0d9a4f7f9a10'
const backend = { name: 'wasm', reason: 'asked for', versions: { '@tensorflow/tfjs-core': '4.22.0' }, devices: [] }

/** What a well-behaved child says and writes, for scripts to put together. */
const PRELUDE = `
import fs from 'node:fs'
const say = (message) => new Promise((resolve) => process.send(message, resolve))
const started = { type: 'started', backend: ${JSON.stringify(backend)} }
const epoch = { type: 'epoch', epoch: 1, epochs: 1, metrics: { loss: 0.5 }, secondsLeft: 0 }
const writeOutputs = () => { for (const name of ${JSON.stringify(OUTPUT_NAMES)}) fs.writeFileSync(name, name) }
const failed = (code, message, detail) => say({ type: 'failed', code, message, detail })
`
const GOOD = `console.log('training'); await say(started); await say(epoch); writeOutputs(); await say({ type: 'finished' })`

let directory: string
let events: TrainingEvent[]
let logged: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-run-'))
  events = []
  logged = ''
})
afterEach(() => rm(directory, { recursive: true }))

async function train(
  script: string,
  options: Partial<TrainingOptions> = {},
  isolation: Isolation = createProcessIsolation(),
): Promise<TrainingOutcome> {
  const entry = join(directory, 'child.mjs')
  await writeFile(entry, PRELUDE + script)
  return runTraining(
    { directory, jobId, requestedAt },
    { isolation, probes: [], clock: risingClock(), program: { entry, execArgv: [] } },
    {
      limits: DEFAULT_LIMITS,
      keySeparation: 'single-host',
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      onLog: (bytes) => (logged += Buffer.from(bytes).toString()),
      ...options,
    },
  )
}

describe('a training run', () => {
  it('tells what was seen of it: events, command, exit code, times, log and environment', async () => {
    const outcome = await train(GOOD)
    expect(events.map(({ type }) => type)).toEqual(['started', 'epoch'])
    expect(outcome).toMatchObject({
      command: TRAINING_COMMAND,
      returnValue: 0,
      startedAt: '2026-11-22T20:00:01Z',
      endedAt: '2026-11-22T20:00:02Z',
      backend,
      environment: {
        jobId,
        times: { requested: requestedAt, started: '2026-11-22T20:00:01Z', ended: '2026-11-22T20:00:02Z' },
        keySeparation: 'single-host',
        isolation: { name: 'process', keys: 'reachable' },
        backend: { status: 'observed', value: backend },
        gpus: { status: 'unavailable' },
      },
    })
    expect(Buffer.from(outcome.logs).toString()).toBe('training\n')
    expect(logged).toBe('training\n')
  })

  it('gives the child the arguments that the recorded command names', async () => {
    await train(`fs.writeFileSync('argv.json', JSON.stringify(process.argv.slice(2))); ${GOOD}`)
    const argv: unknown = JSON.parse(await readFile(join(directory, 'argv.json'), 'utf8'))
    expect(['node', '@aibomgen/trainer/child', ...(argv as string[])]).toEqual(TRAINING_COMMAND)
  })

  it('keeps 16 MiB of what a child prints, and says that there was more', async () => {
    const flood = `const mib = 'x'.repeat(1024 * 1024); for (let i = 0; i < 20; i++) fs.writeSync(1, mib);`
    const { logs } = await train(
      flood.replace('fs.writeSync(1, mib)', `await new Promise((r) => process.stdout.write(mib, r))`) + GOOD,
    )
    expect(logs.length).toBeLessThan(16 * 1024 * 1024 + 100)
    expect(Buffer.from(logs.slice(-60)).toString()).toContain('[cut: only the first 16777216 bytes are kept]')
  })

  it.each([
    [
      'ParseError',
      'DEFINITION_INVALID',
      { document: 'definition', problems: [{ path: 'a', expected: 'b', got: 'c' }] },
    ],
    ['TrainingError', 'MODEL_UNSUPPORTED', { kind: 'layer', name: 'Lambda', where: 'layers/0' }],
    ['TrainingError', 'DATASET_INVALID', { reason: 'not a number', row: 3, column: 'x' }],
    ['TrainingError', 'MODEL_NOT_COMPILED', {}],
    ['ArtifactError', 'OUTPUT_UNWRITABLE', { path: 'outputs', reason: 'ENOSPC' }],
  ])('rethrows the %s that the child met: %s', async (name, code, detail) => {
    const running = train(
      `await failed('${code}', 'a\\x1b[31m line\\nbroken', ${JSON.stringify(detail)}); process.exit(3)`,
    )
    await expect(running).rejects.toMatchObject({ name, code, detail, message: 'a [31m line broken' })
  })

  it.each([
    ['a code that nobody knows', `await failed('MADE_UP', 'x', {})`],
    ['a code that a child cannot know', `await failed('LIMIT_REACHED', 'x', { what: 'x', limit: 1, actual: 2 })`],
    ['a detail that is not its code’s', `await failed('DEFINITION_INVALID', 'x', { problems: 'none' })`],
    ['no message of the protocol', `await say({ type: 'rm -rf' })`],
    ['a metric that is no number', `await say(started); await say({ ...epoch, metrics: { loss: 'x' } })`],
    ['progress before its start', `await say(epoch)`],
    ['its start twice', `await say(started); await say(started)`],
    ['its end before its start', `writeOutputs(); await say({ type: 'finished' })`],
    ['something after its last word', `await say(started); await say({ type: 'finished' }); await say(epoch)`],
  ])('takes %s for a broken protocol', async (_, script) => {
    await expect(train(script)).rejects.toMatchObject({ code: 'CHILD_PROTOCOL' })
  })

  it.each([
    ['an exit code', `console.error('boom'); await say(started); process.exit(3)`, { exitCode: 3, signal: null }],
    [
      'a signal',
      `console.error('boom'); await say(started); process.kill(process.pid, 'SIGSEGV')`,
      { exitCode: null, signal: 'SIGSEGV' },
    ],
    ['exit code 0 and no word', `console.error('boom'); await say(started)`, { exitCode: 0, signal: null }],
    ['an exit code after all', `console.error('boom'); ${GOOD}; process.exit(1)`, { exitCode: 1, signal: null }],
  ])('says what a child that died with %s printed last', async (_, script, detail) => {
    const running = train(script)
    await expect(running).rejects.toMatchObject({
      code: 'CHILD_DIED',
      detail,
      message: expect.stringContaining('boom'),
    })
    expect(logged).toContain('boom')
  })

  it('prefers a limit to what the child says about running into it', async () => {
    const script = `await say(started)
      try { fs.writeFileSync('outputs/metrics.json', Buffer.alloc(2e6)) } catch (e) { await failed('OUTPUT_UNWRITABLE', e.message, { path: 'outputs', reason: e.code }) }`
    const limits = { ...DEFAULT_LIMITS, outputBytes: 1e6 }
    await expect(train(script, { limits })).rejects.toMatchObject({ code: 'LIMIT_REACHED' })
  })

  it.each([
    ['a missing file', `fs.rmSync('outputs/metrics.json')`],
    ['a file too many', `fs.writeFileSync('outputs/evil.sh', '')`],
    ['a directory for a file', `fs.rmSync('outputs/metrics.json'); fs.mkdirSync('outputs/metrics.json')`],
    ['a symbolic link', `fs.rmSync('outputs/metrics.json'); fs.symlinkSync('/etc/passwd', 'outputs/metrics.json')`],
    ['a hard link', `fs.linkSync('outputs/metrics.json', 'elsewhere')`],
    ['a link for the directory', `fs.renameSync('outputs', 'real'); fs.symlinkSync('real', 'outputs')`],
  ])('refuses outputs with %s', async (_, mischief) => {
    const script = `await say(started); writeOutputs(); ${mischief}; await say({ type: 'finished' })`
    await expect(train(script)).rejects.toMatchObject({ code: 'CHILD_PROTOCOL' })
  })

  it('asks a child to stop when cancelled', async () => {
    const controller = new AbortController()
    const script = `process.on('message', async (m) => { console.log(m.type); await failed('CANCELLED', 'stopped', {}); process.exit(0) }); await say(started)`
    const running = train(script, { signal: controller.signal, onEvent: () => controller.abort() })
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(logged).toBe('cancel\n')
  })

  it('kills a child that does not stop when cancelled', async () => {
    const controller = new AbortController()
    const script = `await say(started); for (;;);`
    const running = train(script, { signal: controller.signal, onEvent: () => controller.abort() })
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('stops a child that was being started when the job was cancelled', async () => {
    const controller = new AbortController()
    const real = createProcessIsolation()
    const isolation: Isolation = {
      ...real,
      spawn: async (...args) => {
        const handle = await real.spawn(...args)
        controller.abort()
        return handle
      },
    }
    const running = train(`setInterval(() => {}, 1000)`, { signal: controller.signal }, isolation)
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('starts nothing for a job that was cancelled before', async () => {
    const signal = AbortSignal.abort()
    await expect(train(`console.log('ran')`, { signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(logged).toBe('')
  })

  it('refuses to run under less isolation than is required', async () => {
    const running = train(GOOD, { requireIsolation: 'bubblewrap' })
    await expect(running).rejects.toMatchObject({ code: 'ISOLATION_UNAVAILABLE', detail: { required: 'bubblewrap' } })
    expect(events).toEqual([])
  })

  it('runs under exactly what is required', async () => {
    expect((await train(GOOD, { requireIsolation: 'process' })).returnValue).toBe(0)
  })
})

/** A second later each time that it is asked. */
function risingClock(): Clock {
  let seconds = 0
  return { now: () => parseTimestamp(`2026-11-22T20:00:0${++seconds}Z`) }
}
