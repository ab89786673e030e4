/** A tiny program for x86-64 Linux that makes system calls, for what no script can ask of the kernel. @module */

/** A number and up to five arguments. An argument of text is passed as a pointer to it. */
export type RawCall = readonly [number: number, ...args: readonly (number | bigint | string)[]]

const BASE = 0x400000
const CODE_AT = 0x1000
const DATA_AT = 0x4000
const RESULTS_AT = 0x6000
const SIZE = 0x8000

/** `mov reg, imm64` for rdi, rsi, rdx, r10, r8. */
const ARGUMENT_REGISTERS = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
] as const

/**
 * The bytes of an ELF program that makes `calls` in turn, writes what each returned to its standard output as 64-bit
 * little-endian integers (negative: an error number), and exits with 0.
 */
export function buildProgram(calls: readonly RawCall[]): Uint8Array {
  const file = Buffer.alloc(SIZE)
  writeHeader(file)
  const code: number[] = []
  let data = DATA_AT
  const place = (value: number | bigint | string): bigint => {
    if (typeof value !== 'string') return BigInt(value)
    const at = data
    data += file.write(`${value}\0`, at)
    return BigInt(BASE + at)
  }
  const call = ([number, ...values]: RawCall): void => {
    for (const [index, value] of values.entries()) {
      code.push(...(ARGUMENT_REGISTERS[index] ?? []), ...imm64(place(value)))
    }
    code.push(0x48, 0xb8, ...imm64(BigInt(number)), 0x0f, 0x05)
  }
  for (const [index, one] of calls.entries()) {
    call(one)
    // mov [address], rax
    code.push(0x48, 0xa3, ...imm64(BigInt(BASE + RESULTS_AT + 8 * index)))
  }
  call([1, 1, BASE + RESULTS_AT, 8 * calls.length])
  call([60, 0])
  file.set(code, CODE_AT)
  return file
}

function imm64(value: bigint): readonly number[] {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt.asIntN(64, value))
  return [...bytes]
}

/** @see System V ABI, "Object Files": one loadable segment, readable, writable and executable. */
function writeHeader(file: Buffer): void {
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  file.writeUInt16LE(2, 16)
  file.writeUInt16LE(62, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(BASE + CODE_AT), 24)
  file.writeBigUInt64LE(64n, 32)
  file.writeUInt16LE(64, 52)
  file.writeUInt16LE(56, 54)
  file.writeUInt16LE(1, 56)
  file.writeUInt32LE(1, 64)
  file.writeUInt32LE(7, 68)
  file.writeBigUInt64LE(BigInt(BASE), 80)
  file.writeBigUInt64LE(BigInt(BASE), 88)
  file.writeBigUInt64LE(BigInt(SIZE), 96)
  file.writeBigUInt64LE(BigInt(SIZE), 104)
  file.writeBigUInt64LE(0x1000n, 112)
}
