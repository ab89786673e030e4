/** A training child that runs machine code of its own, and asks the kernel directly. @module */

import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  createBubblewrapIsolation,
  createContainerIsolation,
  createProcessIsolation,
  type Isolation,
} from '@aibomgen/trainer'
import { afterAll, describe, expect, it } from 'vitest'

import { startEngine } from '../isolation/container-engine.ts'
import { whyNot } from '../isolation/why-not.ts'
import { runHostile } from './hostile-run.ts'
import { buildProgram, type RawCall } from './machine-code.ts'

const [EPERM, EINVAL, ENOSYS] = [-1, -22, -38]
const S_IFIFO = 0o010_644
const S_IFBLK = 0o060_644

/** Calls by number: what each would do, and what it must answer. */
const calls: readonly (readonly [what: string, call: RawCall, answer: number])[] = [
  ['trace the parent', [101, 16, 1, 0, 0], EPERM],
  ['mount', [165, 'none', '/job/scratch', 'tmpfs', 0], EPERM],
  ['new user namespace', [272, 0x1000_0000], EPERM],
  ['new user namespace by clone', [56, 0x1000_0011, 0], EPERM],
  ['new user namespace by clone3', [435, 0, 0], ENOSYS],
  ['join a namespace', [308, 0, 0], EPERM],
  ['load a BPF program', [321, 0, 0, 0], EPERM],
  ['kernel key ring', [250, 0, -3], EPERM],
  ['userfaultfd', [323, 0], EPERM],
  ['performance counters', [298, 0, 0, -1, -1, 0], EPERM],
  ['io_uring', [425, 8, 0], EPERM],
  ['another kernel', [246, 0, 0, 0, 0], EPERM],
  ['a kernel module', [175, 0, 0, ''], EPERM],
  ['the clock', [164, 0, 0], EPERM],
  ['the root directory', [161, '/job'], EPERM],
  ['a fifo', [133, '/job/outputs/fifo', S_IFIFO, 0], EPERM],
  ['a block device', [133, '/job/outputs/disk', S_IFBLK, 0x800], EPERM],
  ['TCP', [41, 2, 1, 0], EPERM],
  ['UDP over IPv6', [41, 10, 2, 0], EPERM],
  ['raw packets', [41, 17, 3, 0], EPERM],
  ['netlink', [41, 16, 3, 0], EPERM],
  ['the host’s hypervisor', [41, 40, 1, 0], EPERM],
  ['a socket in the file system', [41, 1, 1, 0], EPERM],
  ['being root', [105, 0], EPERM],
  ['typing into a terminal', [16, 0, 0x5412, ''], EPERM],
]

const no32BitTable = await whyNo32BitTable()
const noTable = no32BitTable === undefined ? '' : ` (skipped: ${no32BitTable})`

const engine = await startEngine()
afterAll(async () => {
  if (typeof engine !== 'string') await engine.stop()
}, 60_000)

/** The last is what it says to whoever wants to be root: in a user namespace without root there is no such user. */
const isolations = [
  ['a container', createContainerIsolation(typeof engine === 'string' ? {} : engine), EPERM],
  ['bubblewrap', createBubblewrapIsolation(), EINVAL],
] as const

for (const [name, isolation, beingRoot] of isolations) {
  const missing = await whyNotHere(isolation)
  const skipped = missing === undefined ? '' : ` (skipped: ${missing})`

  describe.skipIf(missing !== undefined)(`machine code under ${name}${skipped}`, () => {
    it('is refused every system call that it should not make', async () => {
      const program = Buffer.from(buildProgram(calls.map(([, call]) => call))).toString('base64')
      const { found, code } = await runHostile(
        isolation,
        `fs.writeFileSync('outputs/program', Buffer.from('${program}', 'base64'), { mode: 0o755 })
       await attempt('answers', () => {
         const bytes = child_process.execFileSync('outputs/program')
         return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readBigInt64LE(8 * i))
       })
       tell()`,
      )
      const answers = (found['answers'] ?? '').split(',').map(Number)
      const expected = calls.map(([what, , answer]) => [what, what === 'being root' ? beingRoot : answer])
      expect(calls.map(([what], index) => [what, answers[index]])).toEqual(expected)
      expect(code).toBe('CHILD_DIED')
    })

    it.skipIf(no32BitTable !== undefined)(`is killed where it calls by the 32-bit table${noTable}`, async () => {
      const { found } = await runHostile(
        isolation,
        `fs.writeFileSync('outputs/program', Buffer.from('${Buffer.from(build32BitCall()).toString('base64')}', 'base64'), { mode: 0o755 })
       const { signal } = child_process.spawnSync('outputs/program')
       found.signal = signal; tell()`,
      )
      expect(found['signal']).toBe('SIGSYS')
    })
  })
}

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('machine code (needs Linux on x86-64)', () => {
  it('leaves a fifo among its outputs where nothing filters, and has no outputs', async () => {
    const program = Buffer.from(buildProgram([[133, 'outputs/metrics.json', S_IFIFO, 0]])).toString('base64')
    const { code, found } = await runHostile(
      createProcessIsolation(),
      `writeOutputs(); fs.unlinkSync('outputs/metrics.json')
       fs.writeFileSync('scratch/program', Buffer.from('${program}', 'base64'), { mode: 0o755 })
       await attempt('fifo', () => child_process.execFileSync('scratch/program').readBigInt64LE())
       tell(); await endWell(); process.disconnect()`,
    )
    expect(found).toEqual({ fifo: '0' })
    expect(code).toBe('CHILD_PROTOCOL')
  })
})

async function whyNotHere(isolation: Isolation): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64'
  return isolation.name === 'container' && typeof engine === 'string' ? engine : whyNot(isolation)
}

/** Some kernels answer nobody there, confined or not. */
async function whyNo32BitTable(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64'
  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-32-bit-'))
  try {
    const program = join(directory, 'program')
    await writeFile(program, build32BitCall(), { mode: 0o755 })
    const { signal } = spawnSync(program)
    return signal === null ? undefined : `this kernel has no 32-bit table: ${signal}`
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** `mov eax, 20; int 0x80`: getpid of the 32-bit table, and then an end by the 64-bit one. */
function build32BitCall(): Uint8Array {
  const program = buildProgram([])
  program.set([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xb8, 60, 0, 0, 0, 0x0f, 0x05], 0x1000)
  return program
}
