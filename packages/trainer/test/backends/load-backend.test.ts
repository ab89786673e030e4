import { describe, expect, it, vi } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'

describe('loadBackend', () => {
  it('takes wasm for auto, says why, and writes nothing to the console', async () => {
    const spies = (['log', 'warn', 'info'] as const).map((level) => vi.spyOn(console, level))
    expect(await loadBackend('auto')).toMatchObject({ name: 'wasm', version: '@tensorflow/tfjs-backend-wasm 4.22.0' })
    expect((await loadBackend('auto')).reason).toContain('auto')
    expect(await loadBackend('cpu')).toMatchObject({ name: 'cpu', reason: 'asked for' })
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })

  it.each(['node', 'node-gpu', 'webgpu'] as const)('refuses %s with the reason', async (name) => {
    await expect(loadBackend(name)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', detail: { backend: name } })
  })
})
