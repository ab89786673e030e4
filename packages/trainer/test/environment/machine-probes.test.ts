import {
  ABSENT,
  createContainerProbe,
  createGpuProbe,
  createHardwareProbe,
  createOperatingSystemProbe,
  observed,
  unavailable,
} from '@aibomgen/trainer/environment'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const signal = new AbortController().signal
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'aibomgen-root-'))
})
afterEach(() => rm(root, { recursive: true }))

async function lay(files: Readonly<Record<string, string>>, mode = 0o644): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text, { mode })
  }
}

describe('the operating-system probe', () => {
  it.each([
    [
      'a quoted name',
      'NAME=x\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
      observed('Debian GNU/Linux 12 (bookworm)'),
    ],
    ['a bare name', 'PRETTY_NAME=Alpine\n', observed('Alpine')],
    ['no name', 'ID=x\n', unavailable('os-release has no PRETTY_NAME')],
  ])('reads %s', async (_, osRelease, name) => {
    await lay({ 'etc/os-release': osRelease })
    const { operatingSystem } = await createOperatingSystemProbe(root).observe(signal)
    expect(operatingSystem).toMatchObject({ value: { name } })
  })

  it('says where there is no os-release', async () => {
    const { operatingSystem } = await createOperatingSystemProbe(root).observe(signal)
    expect(operatingSystem).toMatchObject({ value: { name: unavailable('no os-release file') } })
  })
})

describe('the hardware probe', () => {
  it.each([
    [
      'x64',
      'flags\t\t: fpu sse2 avx512f avx2 sse4_2 fma smep avx2\nflags : other\n',
      ['avx2', 'avx512f', 'fma', 'sse2', 'sse4_2'],
    ],
    ['arm64', 'Features\t: fp asimd evtstrm asimddp sve sme2\n', ['asimd', 'asimddp', 'sme2', 'sve']],
  ])('lists the numeric instruction sets of %s, sorted', async (_, cpuinfo, expected) => {
    await lay({ 'proc/cpuinfo': cpuinfo })
    const { cpu } = await createHardwareProbe(root, root).observe(signal)
    expect(cpu).toMatchObject({ value: { instructionSets: observed(expected) } })
  })

  it('says where nothing lists them', async () => {
    const { cpu } = await createHardwareProbe(root, root).observe(signal)
    expect(cpu).toMatchObject({ value: { instructionSets: { status: 'unavailable' } } })
  })
})

describe('the container probe', () => {
  const image = 'a'.repeat(64)
  it.each([
    ['no container', { 'proc/1/cgroup': '0::/init.scope\n' }, ABSENT],
    ['docker', { '.dockerenv': '' }, { value: { engine: observed('docker'), imageDigest: { status: 'unavailable' } } }],
    ['kubernetes', { 'proc/1/cgroup': '0::/kubepods/x\n' }, { value: { engine: observed('kubepods') } }],
    [
      'podman, with its image',
      { 'run/.containerenv': `engine="podman"\nimageid="${image}"\n` },
      observed({ engine: observed('podman'), imageDigest: observed(`sha256:${image}`) }),
    ],
  ])('sees %s', async (_, files, expected) => {
    await lay(files)
    const { container } = await createContainerProbe(root).observe(signal)
    expect(container).toMatchObject(expected)
  })
})

describe('the GPU probe', () => {
  const none = 'aibomgen-no-such-program'
  const bus = 'sys/bus/pci/devices/0000:00:01.0'

  it.each([
    [
      'absent, where the bus has no graphics card',
      { [`${bus}/class`]: '0x020000\n', [`${bus}/vendor`]: '0x8086\n' },
      'absent',
    ],
    [
      'unavailable, where it has one that nobody can ask',
      { [`${bus}/class`]: '0x030200\n', [`${bus}/vendor`]: '0x10de\n' },
      'unavailable',
    ],
    ['unavailable, where there is no bus', {}, 'unavailable'],
  ])('says %s', async (_, files, status) => {
    await lay(files)
    expect((await createGpuProbe(none, root).observe(signal)).gpus?.status).toBe(status)
  })

  it.skipIf(process.platform === 'win32')(
    'reads what nvidia-smi prints (skipped where scripts are no programs)',
    async () => {
      const script = `#!/bin/sh
if [ $# -eq 0 ]; then echo '| NVIDIA-SMI 570.86.15   Driver Version: 570.86.15   CUDA Version: 12.8 |'
else echo 'NVIDIA H200, 143771, 570.86.15'; echo 'Tesla, [N/A], 570.86.15'; fi
`
      await lay({ 'nvidia-smi': script }, 0o755)
      const { gpus } = await createGpuProbe(join(root, 'nvidia-smi'), root).observe(signal)
      const shared = { driver: observed('570.86.15'), cuda: observed('12.8') }
      expect(gpus).toEqual(
        observed([
          { name: 'NVIDIA H200', memoryBytes: observed(143771 * 1024 * 1024), ...shared },
          { name: 'Tesla', memoryBytes: unavailable('nvidia-smi does not tell'), ...shared },
        ]),
      )
    },
  )

  it.skipIf(process.platform === 'win32')(
    'says why nvidia-smi gave no answer (skipped where scripts are no programs)',
    async () => {
      await lay({ 'nvidia-smi': '#!/bin/sh\nexit 9\n' }, 0o755)
      const { gpus } = await createGpuProbe(join(root, 'nvidia-smi'), root).observe(signal)
      expect(gpus).toEqual(unavailable('nvidia-smi failed with 9'))
    },
  )

  it.skipIf(process.platform === 'win32')(
    'stops an nvidia-smi that hangs (skipped where scripts are no programs)',
    async () => {
      await lay({ 'nvidia-smi': '#!/bin/sh\nexec sleep 600\n' }, 0o755)
      const { gpus } = await createGpuProbe(join(root, 'nvidia-smi'), root).observe(AbortSignal.timeout(50))
      expect(gpus).toEqual(unavailable('nvidia-smi failed with ABORT_ERR'))
    },
  )
})
