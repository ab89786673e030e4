/** The seccomp filter, run instruction by instruction. @module */

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { buildSeccompFilter, seccompArchitecture } from '../../src/isolation/seccomp-filter.ts'
import {
  JUDGED_SYSTEM_CALLS,
  REFUSED_SYSTEM_CALLS,
  type SeccompArchitecture,
} from '../../src/isolation/seccomp-system-calls.ts'

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const
const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (number: number): number => 0x50000 | number
const [EPERM, ENOSYS] = [errno(1), errno(38)]

/** A call as the kernel shows it to a filter. */
interface Call {
  readonly architecture?: number
  readonly number: number
  readonly arguments?: readonly bigint[]
}

/** What the kernel's interpreter for these four kinds of instructions would answer. */
function judge(filter: Uint8Array, machine: SeccompArchitecture, call: Call): number {
  const data = new DataView(new ArrayBuffer(64))
  data.setUint32(0, call.number, true)
  data.setUint32(4, call.architecture ?? AUDIT[machine], true)
  for (const [index, value] of (call.arguments ?? []).entries()) data.setBigUint64(16 + 8 * index, value, true)
  const program = new DataView(filter.buffer)
  let accumulator = 0
  for (let at = 0; at < filter.length;) {
    const [code, operand] = [program.getUint16(at, true), program.getUint32(at + 4, true)]
    const jump = (isTrue: boolean): number => at + 8 + 8 * program.getUint8(at + (isTrue ? 2 : 3))
    if (code === 0x06) return operand
    if (code === 0x20) {
      accumulator = data.getUint32(operand, true)
      at += 8
    } else if (code === 0x15) at = jump(accumulator === operand)
    else if (code === 0x35) at = jump(accumulator >= operand)
    else if (code === 0x45) at = jump((accumulator & operand) !== 0)
    else throw new Error(`no such instruction: ${code}`)
  }
  throw new Error('ran past the end')
}

const machines: readonly SeccompArchitecture[] = ['x64', 'arm64']

describe.each(machines)('the filter for %s', (machine) => {
  const filter = buildSeccompFilter(machine)
  const column = machine === 'x64' ? 0 : 1
  const numberOf = (name: keyof typeof JUDGED_SYSTEM_CALLS): number => JUDGED_SYSTEM_CALLS[name][column]
  const asked = (name: keyof typeof JUDGED_SYSTEM_CALLS, ...values: bigint[]): number =>
    judge(filter, machine, { number: numberOf(name), arguments: values })

  it('refuses every call of the list', () => {
    for (const [name, numbers] of Object.entries(REFUSED_SYSTEM_CALLS)) {
      const number = numbers[column]
      if (number !== undefined) expect([name, judge(filter, machine, { number })]).toEqual([name, EPERM])
    }
  })

  it('allows every other call', () => {
    const listed = Object.values({ ...REFUSED_SYSTEM_CALLS, ...JUDGED_SYSTEM_CALLS }).map((numbers) => numbers[column])
    for (let number = 0; number < 500; number++) {
      if (!listed.includes(number)) expect([number, judge(filter, machine, { number })]).toEqual([number, ALLOW])
    }
  })

  it.each([
    ['no socket of any family', 'socket', [1n], EPERM],
    ['no socket of any family', 'socket', [2n], EPERM],
    ['a pair of AF_UNIX', 'socketpair', [1n], ALLOW],
    ['no pair of another family', 'socketpair', [16n], EPERM],
    ['a thread', 'clone', [0x3d0f00n], ALLOW],
    ['a process', 'clone', [0x1200011n], ALLOW],
    ['no new user namespace', 'clone', [0x10000011n], EPERM],
    ['no new network namespace', 'clone', [0x40000011n], EPERM],
    ['no clone3, whose flags cannot be read', 'clone3', [], ENOSYS],
    ['a question about a terminal', 'ioctl', [1n, 0x5401n], ALLOW],
    ['no typing into a terminal', 'ioctl', [1n, 0x5412n], EPERM],
    ['no typing into a terminal, whatever the upper half says', 'ioctl', [1n, 0x1_0000_5412n], EPERM],
  ] as const)('allows %s (%s)', (_, name, values, answer) => {
    expect(asked(name, ...values)).toBe(answer)
  })

  it('kills whoever calls by another table', () => {
    expect(judge(filter, machine, { architecture: 0x40000003, number: 1 })).toBe(KILL)
    if (machine === 'x64') expect(judge(filter, machine, { number: 0x40000000 | 1 })).toBe(KILL)
  })

  it('reaches no further than a jump can', () => {
    expect(filter.length % 8).toBe(0)
    expect(filter.length / 8).toBeLessThan(4096)
  })
})

const HEADER = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h'

it.skipIf(!existsSync(HEADER))('has the numbers of the kernel’s header (skipped where it is not installed)', () => {
  const header = readFileSync(HEADER, 'utf8')
  for (const [name, [x64]] of Object.entries({ ...REFUSED_SYSTEM_CALLS, ...JUDGED_SYSTEM_CALLS })) {
    expect([name, new RegExp(`^#define __NR_${name} (\\d+)$`, 'm').exec(header)?.[1]]).toEqual([name, String(x64)])
  }
})

it('is there for two architectures', () => {
  expect(['x64', 'arm64', 'riscv64'].map(seccompArchitecture)).toEqual(['x64', 'arm64', undefined])
})
