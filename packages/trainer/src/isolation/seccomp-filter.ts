/** The seccomp filter of a training child, as the bytes of a classic BPF program. @module */

import { judgedNumber, numbersOf, REFUSED_SYSTEM_CALLS, type SeccompArchitecture } from './seccomp-system-calls.ts'

/** @see Linux: include/uapi/linux/audit.h */
const AUDIT_ARCHITECTURES: Readonly<Record<SeccompArchitecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 }
/** Set in the number of a call that is made through the x32 table of x86-64. */
const X32_BIT = 0x4000_0000

/** @see Linux: include/uapi/linux/seccomp.h and asm-generic/errno.h */
const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x8000_0000
const EPERM = 0x0005_0000 | 1
const ENOSYS = 0x0005_0000 | 38

/** The family of sockets within one machine: the only socket pairs that there are. */
export const AF_UNIX = 1
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
export const NEW_NAMESPACE_FLAGS: readonly number[] = [
  0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
]
/** Requests of `ioctl` that write into a terminal's input: TIOCSTI and TIOCLINUX. */
export const TERMINAL_INPUT_REQUESTS: readonly number[] = [0x5412, 0x541c]

/** Offsets into `struct seccomp_data`; arguments are 64 bits, of which the lower half comes first. */
const NUMBER = 0
const ARCHITECTURE = 4
const argument = (index: number): number => 16 + 8 * index

/** @see Linux: include/uapi/linux/bpf_common.h */
const LOAD_WORD = 0x20
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_GREATER_OR_EQUAL = 0x35
const JUMP_IF_ANY_BIT = 0x45
const RETURN = 0x06

/** One instruction: on a comparison, how many of the next ones are passed over. */
interface Instruction {
  readonly code: number
  readonly ifTrue: number
  readonly ifFalse: number
  readonly operand: number
}

/**
 * The program for this architecture, ready for `bwrap --seccomp`. Everything is allowed but: calls of another
 * architecture (the process is killed), `REFUSED_SYSTEM_CALLS` (EPERM), sockets (EPERM), socket pairs but those of
 * AF_UNIX, new namespaces, and writing into a terminal's input. `clone3` does not exist (ENOSYS): its flags lie where
 * no filter can read them, and C libraries fall back to `clone`.
 *
 * @see Linux: Documentation/userspace-api/seccomp_filter.rst
 */
export function buildSeccompFilter(architecture: SeccompArchitecture): Uint8Array {
  const call = (name: Parameters<typeof judgedNumber>[0]): number => judgedNumber(name, architecture)
  return encode([
    load(ARCHITECTURE),
    ...unlessEqual(AUDIT_ARCHITECTURES[architecture], KILL_PROCESS),
    load(NUMBER),
    ...(architecture === 'x64' ? ifAtLeast(X32_BIT, KILL_PROCESS) : []),
    ...[...numbersOf(REFUSED_SYSTEM_CALLS, architecture), call('socket')].flatMap((number) => ifEqual(number, EPERM)),
    ...ifEqual(call('clone3'), ENOSYS),
    ...ifCall(call('socketpair'), 0, unlessEqual(AF_UNIX, EPERM)),
    ...ifCall(call('clone'), 0, ifAnyBit(sum(NEW_NAMESPACE_FLAGS), EPERM)),
    ...ifCall(
      call('ioctl'),
      1,
      TERMINAL_INPUT_REQUESTS.flatMap((request) => ifEqual(request, EPERM)),
    ),
    giveBack(ALLOW),
  ])
}

/** The architecture by Node's name for it; undefined where there is no filter for it. */
export function seccompArchitecture(name: string): SeccompArchitecture | undefined {
  return name === 'x64' || name === 'arm64' ? name : undefined
}

function sum(flags: readonly number[]): number {
  return flags.reduce((all, flag) => all + flag, 0)
}

function load(offset: number): Instruction {
  return { code: LOAD_WORD, ifTrue: 0, ifFalse: 0, operand: offset }
}

function giveBack(action: number): Instruction {
  return { code: RETURN, ifTrue: 0, ifFalse: 0, operand: action }
}

function ifEqual(operand: number, action: number): readonly Instruction[] {
  return [{ code: JUMP_IF_EQUAL, ifTrue: 0, ifFalse: 1, operand }, giveBack(action)]
}

function unlessEqual(operand: number, action: number): readonly Instruction[] {
  return [{ code: JUMP_IF_EQUAL, ifTrue: 1, ifFalse: 0, operand }, giveBack(action)]
}

function ifAtLeast(operand: number, action: number): readonly Instruction[] {
  return [{ code: JUMP_IF_GREATER_OR_EQUAL, ifTrue: 0, ifFalse: 1, operand }, giveBack(action)]
}

function ifAnyBit(operand: number, action: number): readonly Instruction[] {
  return [{ code: JUMP_IF_ANY_BIT, ifTrue: 0, ifFalse: 1, operand }, giveBack(action)]
}

/** Judges call `number` by one of its arguments; what no rule takes is allowed. */
function ifCall(number: number, index: number, rules: readonly Instruction[]): readonly Instruction[] {
  const judged = [load(argument(index)), ...rules, giveBack(ALLOW)]
  return [{ code: JUMP_IF_EQUAL, ifTrue: 0, ifFalse: judged.length, operand: number }, ...judged]
}

/** `struct sock_filter`: 16 bits of code, two jumps of 8, 32 of operand; both architectures are little-endian. */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [index, { code, ifTrue, ifFalse, operand }] of program.entries()) {
    view.setUint16(index * 8, code, true)
    view.setUint8(index * 8 + 2, ifTrue)
    view.setUint8(index * 8 + 3, ifFalse)
    view.setUint32(index * 8 + 4, operand, true)
  }
  return bytes
}
