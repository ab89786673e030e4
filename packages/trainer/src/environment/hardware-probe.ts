/** Sees processor, memory and disk. @module */

import { statfs } from 'node:fs/promises'
import { arch, cpus, totalmem } from 'node:os'
import { constrainedMemory } from 'node:process'

import type { EnvironmentProbe } from './capture-environment.ts'
import type { Cpu, Disk, Memory } from './environment-report.ts'
import { ABSENT, observed, unavailable, type Observed } from './observed.ts'
import { readSystemFile } from './system-file.ts'

/** Kernel flags of extensions that change how numbers are computed: SSE, AVX, FMA, AMX; NEON (`asimd`), SVE. */
const NUMERIC_EXTENSION =
  /^(s?sse\d*(_\d)?|pni|avx.*|fma|f16c|amx_.*|neon|vfpv4|asimd.*|fphp|bf16|i8mm|sve.*|sme(?!p).*)$/

/**
 * A probe for `cpu`, `memory` and `disk`.
 *
 * @param directory - on the file system that the run works on
 * @param root - where the system's files lie
 */
export function createHardwareProbe(directory: string, root = '/'): EnvironmentProbe {
  return {
    observes: ['cpu', 'memory', 'disk'],
    async observe() {
      const cpu = seeCpu(await readSystemFile(root, 'proc/cpuinfo'))
      return { cpu: observed(cpu), memory: observed(seeMemory()), disk: observed(await seeDisk(directory)) }
    },
  }
}

function seeCpu(cpuinfo: string | undefined): Cpu {
  const cores = cpus()
  const model = cores[0]?.model.trim()
  return {
    model: model === undefined || model === '' || model === 'unknown' ? unavailable('not told') : observed(model),
    architecture: arch(),
    logicalCores: Math.max(cores.length, 1),
    instructionSets: instructionSets(cpuinfo),
  }
}

function instructionSets(cpuinfo: string | undefined): Observed<readonly string[]> {
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo ?? '')?.[1]
  if (flags === undefined) return unavailable('the system has no /proc/cpuinfo that lists them')
  return observed([...new Set(flags.split(/\s+/).filter((flag) => NUMERIC_EXTENSION.test(flag)))].sort())
}

function seeMemory(): Memory {
  const totalBytes = totalmem()
  const limitBytes = constrainedMemory()
  return { totalBytes, limitBytes: memoryLimit(limitBytes, totalBytes) }
}

/** Node says 0 where it cannot tell, and something beyond all memory where there is no limit. */
function memoryLimit(limitBytes: number, totalBytes: number): Observed<number> {
  if (limitBytes === 0) return unavailable('Node cannot tell here')
  return limitBytes > totalBytes ? ABSENT : observed(limitBytes)
}

async function seeDisk(directory: string): Promise<Disk> {
  const { blocks, bavail, bsize } = await statfs(directory)
  return { totalBytes: blocks * bsize, availableBytes: bavail * bsize }
}
