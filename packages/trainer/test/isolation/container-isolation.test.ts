/** Isolation by containers: the contract, a report that says what is so, and no container left behind. @module */

import {
  createContainerIsolation,
  createProcessIsolation,
  DEFAULT_LIMITS,
  digestOfImage,
  trainingChildEntry,
  type Isolation,
} from '@aibomgen/trainer'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { stageJob } from '../child/staged-job.ts'
import { noReferenceData } from '../reference-data.ts'
import { startEngine } from './container-engine.ts'
import { describeIsolation } from './isolation-contract.ts'
import { whyNot } from './why-not.ts'

const engine = await startEngine()
const missing = typeof engine === 'string' ? engine : await whyNot(createContainerIsolation(engine))
afterAll(async () => {
  if (typeof engine !== 'string') await engine.stop()
}, 60_000)

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

if (typeof engine === 'string' || missing !== undefined) {
  it.skip(`with a container engine (skipped: ${missing})`, () => undefined)
} else {
  const isolation = createContainerIsolation(engine)

  describeIsolation('a container', isolation)

  describe('a container engine', () => {
    it('is told what the report says, and the image’s digest is in it', async () => {
      const { name, keys, image, resources } = await isolation.probe()
      expect({ name, keys, image }).toEqual({ name: 'container', keys: 'unreachable', image: engine.image })
      expect(Object.entries(resources).filter(([, { status }]) => status !== 'enforced')).toEqual([])
    })

    it.each([
      ['memory by itself', `const kept = []; for (;;) kept.push(Buffer.alloc(${1024 ** 2}, 1))`],
      [
        'memory in a process of its own',
        `import { spawnSync } from 'node:child_process'
         spawnSync(process.execPath, ['-e', 'const kept = []; for (;;) kept.push(Buffer.alloc(1048576, 1))'])`,
      ],
    ])('stops a child that takes too much %s', async (_, script) => {
      const limits = { ...DEFAULT_LIMITS, memoryBytes: 200 * 1024 ** 2 }
      await expect(run(isolation, script, limits)).rejects.toMatchObject({
        code: 'LIMIT_REACHED',
        detail: { what: 'bytes of memory' },
      })
    })

    it('holds the child to the processors that it is given', async () => {
      const { messages } = await run(
        createContainerIsolation({ ...engine, cpus: 0.5 }),
        `import fs from 'node:fs'
         const read = (path) => { try { return fs.readFileSync('/sys/fs/cgroup/' + path, 'utf8').trim() } catch { return '' } }
         process.send(read('cpu.max') || read('cpu/cpu.cfs_quota_us') + ' ' + read('cpu/cpu.cfs_period_us'))`,
      )
      expect(messages).toEqual(['50000 100000'])
    })

    it.skipIf(noReferenceData)(`trains to the same bytes as without one${noReferenceData}`, async () => {
      const digests: unknown[] = []
      for (const each of [isolation, createProcessIsolation()]) {
        await using job = await stageJob('wine-csv', { epochs: 2 })
        for (const name of ['outputs', 'scratch']) await mkdir(join(job.directory, name))
        let log = ''
        const handle = await each.spawn(
          {
            ...trainingChildEntry(),
            argv: ['inputs/job.json', 'outputs'],
            directory: job.directory,
            onMessage: () => undefined,
            onLog: (bytes) => (log += Buffer.from(bytes).toString()),
          },
          DEFAULT_LIMITS,
          new AbortController().signal,
        )
        expect([await handle.ended, log]).toEqual([{ exitCode: 0, signal: null }, expect.stringContaining('epoch 2/2')])
        digests.push(await job.digests())
      }
      expect(Object.keys(digests[0] as object)).toHaveLength(5)
      expect(digests[0]).toEqual(digests[1])
    })

    it('takes the container away when who started it is killed', async () => {
      await using place = await createPlace(`process.send('hello'); setInterval(() => {}, 1000)`)
      const program = join(import.meta.dirname, 'abandoned-container.ts')
      const argv = [engine.image, place.directory, JSON.stringify(engine.environment)]
      // What it cannot take away any more goes with the engine.
      const env = { ...process.env, TMPDIR: engine.environment['HOME'] }
      const parent = spawn(process.execPath, ['--conditions=@aibomgen/source', program, ...argv], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = await Promise.race([once(parent.stdout, 'data'), once(parent, 'exit')])
      expect(String(said)).toBe('running\n')
      expect(await engine.listContainers()).toMatch(/^[0-9a-f]+$/)
      parent.kill('SIGKILL')
      await expect.poll(() => engine.listContainers(), { timeout: 30_000 }).toBe('')
    })

    it('has no container once all have ended', async () => {
      await expect.poll(() => engine.listContainers(), { timeout: 30_000 }).toBe('')
    })

    it('refuses an image that is not there, without asking anybody for it', async () => {
      const absent = createContainerIsolation({ ...engine, image: `example.org/trainer@${DIGEST}` })
      await expect(absent.probe()).rejects.toMatchObject({
        code: 'ISOLATION_UNAVAILABLE',
        message: expect.stringMatching(/^docker image: .*no such image/i),
      })
    })
  })
}

describe('without a container engine', () => {
  it.each([
    ['there is no image', {}, /no image is configured/],
    ['the image has but a tag', { image: 'node:24' }, /expected an image with a digest.*got node:24/],
    [
      'the client is not there',
      { image: `node@${DIGEST}`, engine: '/no/such/docker' },
      /docker --version: there is no such program/,
    ],
    ['the engine does not answer', { image: `node@${DIGEST}`, engine: '/bin/false' }, /false --version/],
  ])('says that %s', async (_, options, message) => {
    await expect(createContainerIsolation(options).probe()).rejects.toMatchObject({
      code: 'ISOLATION_UNAVAILABLE',
      message: expect.stringMatching(message),
      detail: { required: 'container' },
    })
  })

  it.each([
    ['a name and a digest', `registry.example:5000/a/trainer@${DIGEST}`, DIGEST],
    ['a name, a tag and a digest', `node:24-slim@${DIGEST}`, DIGEST],
    ['an image id', DIGEST, DIGEST],
    ['a tag', 'node:24', undefined],
    ['a short digest', 'node@sha256:abc', undefined],
    ['another algorithm', `node@sha512:${'0'.repeat(128)}`, undefined],
    ['an option', `--privileged@${DIGEST}`, undefined],
  ])('reads the digest of %s', (_, image, digest) => {
    expect(digestOfImage(image)).toBe(digest)
  })
})

async function run(
  isolation: Isolation,
  script: string,
  limits = DEFAULT_LIMITS,
): Promise<{ readonly messages: readonly unknown[] }> {
  await using place = await createPlace(script)
  const { directory } = place
  const entry = join(directory, 'child.mjs')
  const messages: unknown[] = []
  const onMessage = (message: unknown): void => void messages.push(message)
  const child = { entry, execArgv: [], argv: [], directory, onMessage, onLog: () => undefined }
  const { ended } = await isolation.spawn(child, limits, new AbortController().signal)
  await ended
  return { messages }
}

/** A workspace with `script` as its program. */
async function createPlace(script: string): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-container-test-'))
  await mkdir(join(directory, 'outputs'))
  await writeFile(join(directory, 'child.mjs'), script)
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}
