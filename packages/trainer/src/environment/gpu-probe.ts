/** Sees graphics cards: NVIDIA's, through `nvidia-smi`. @module */

import type { EnvironmentProbe } from './capture-environment.ts'
import type { Gpu } from './environment-report.ts'
import { ABSENT, observed, unavailable, type Observed } from './observed.ts'
import { runProgram } from './run-program.ts'
import { listSystemDirectory, readSystemFile } from './system-file.ts'

const QUERY = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits']
const MIB = 1024 * 1024
/** PCI class 03: display controllers. Vendors whose cards people compute on. */
const DISPLAY_CLASS = '0x03'
const GPU_VENDORS = new Map([
  ['0x10de', 'NVIDIA'],
  ['0x1002', 'AMD'],
  ['0x8086', 'Intel'],
])

/**
 * A probe for `gpus`. A card that is there and cannot be asked makes the answer `unavailable`, never `absent`.
 *
 * @param nvidiaSmi - the program to ask, by name or path
 * @param root - where the system's files lie
 */
export function createGpuProbe(nvidiaSmi = 'nvidia-smi', root = '/'): EnvironmentProbe {
  return {
    observes: ['gpus'],
    async observe(signal) {
      const table = await runProgram(nvidiaSmi, QUERY, signal)
      if (table.status === 'absent') return { gpus: await lookOnTheBus(root) }
      if (table.status === 'unavailable') return { gpus: table }
      const cuda = cudaVersion(await runProgram(nvidiaSmi, [], signal))
      const lines = table.value.split('\n').filter((line) => line !== '')
      return { gpus: lines.length === 0 ? ABSENT : observed(lines.map((line) => parseGpu(line, cuda))) }
    },
  }
}

/** A line such as `NVIDIA H200, 143771, 570.86.15`; what the driver cannot tell is in brackets. */
function parseGpu(line: string, cuda: Observed<string>): Gpu {
  const [name = '', memoryMib = '', driver = ''] = line.split(',').map((cell) => cell.trim())
  return {
    name,
    memoryBytes: /^\d+$/.test(memoryMib) ? observed(Number(memoryMib) * MIB) : unavailable('nvidia-smi does not tell'),
    driver: /^[\d.]+$/.test(driver) ? observed(driver) : unavailable('nvidia-smi does not tell'),
    cuda,
  }
}

/** The version stands only in the banner that `nvidia-smi` prints for people. */
function cudaVersion(banner: Observed<string>): Observed<string> {
  if (banner.status !== 'observed') return banner
  const version = /CUDA Version\s*:\s*([\d.]+)/.exec(banner.value)?.[1]
  return version === undefined ? unavailable('nvidia-smi does not tell') : observed(version)
}

async function lookOnTheBus(root: string): Promise<Observed<never>> {
  const bus = 'sys/bus/pci/devices'
  const devices = await listSystemDirectory(root, bus)
  if (devices === undefined) return unavailable('there is neither nvidia-smi nor a PCI bus to look at')
  for (const device of devices) {
    const deviceClass = await readSystemFile(root, `${bus}/${device}/class`)
    const vendor = GPU_VENDORS.get((await readSystemFile(root, `${bus}/${device}/vendor`))?.trim() ?? '')
    if (deviceClass?.startsWith(DISPLAY_CLASS) === true && vendor !== undefined) {
      return unavailable(`there is an ${vendor} display controller and no nvidia-smi to ask`)
    }
  }
  return ABSENT
}
