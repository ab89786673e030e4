/** Any graphics card that has Vulkan, Metal or Direct3D 12, through Dawn's WebGPU. @module */

import * as z from 'zod'

import { backendUnavailable } from './backend-unavailable.ts'
import { importEngine, versionOf } from './optional-package.ts'
import { startTfjs } from './start-tfjs.ts'
import type { TrainingBackend } from './training-backend.ts'

/** WebGPU as Dawn's Node package gives it: not the browser's globals, but what to make them of. */
const dawnSchema = z.looseObject({
  create: z.custom<(flags: readonly string[]) => Gpu>((value) => typeof value === 'function'),
  globals: z.record(z.string(), z.unknown()),
})
const TFJS = '@tensorflow/tfjs-backend-webgpu'

interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<Adapter | null>
}

interface Adapter {
  readonly info: { readonly vendor: string; readonly device: string; readonly description: string }
}

/** WebGPU in Node. Its sums are the card's and the driver's own: it repeats itself on one machine at the best. */
export const webgpuBackend: TrainingBackend = {
  name: 'webgpu',
  async load() {
    const dawn = dawnSchema.parse(await importEngine('webgpu', 'webgpu'))
    // One for the process: what was made by one that is garbage must not be touched again.
    const gpu = present() ?? dawn.create([])
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
    if (adapter === null) {
      throw backendUnavailable('webgpu', 'no graphics card answers; on Linux its Vulkan driver must be installed')
    }
    // tfjs looks for a browser when it is loaded, and registers nothing where it finds none.
    Object.assign(globalThis, dawn.globals, { self: globalThis, window: globalThis })
    Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true })
    await importEngine('webgpu', TFJS)
    await startTfjs('webgpu', 'webgpu')
    return {
      name: 'webgpu',
      versions: { [TFJS]: versionOf(TFJS), webgpu: versionOf('webgpu') },
      devices: [describe(adapter)],
    }
  },
}

function present(): Gpu | undefined {
  return (globalThis.navigator as { readonly gpu?: Gpu }).gpu
}

function describe({ info }: Adapter): string {
  const named = [info.description, info.device, info.vendor].find((text) => text !== '')
  return `WebGPU, ${named ?? 'a card without a name'}`
}
