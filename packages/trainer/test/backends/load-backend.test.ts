import { globSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it, vi } from 'vitest'

import { chooseBackend } from '../../src/backends/choose-backend.ts'
import { loadBackend } from '../../src/backends/load-backend.ts'
import { importEngine, installedBackends } from '../../src/backends/optional-package.ts'

describe('loadBackend', () => {
  it('takes wasm for auto, says why, and writes nothing to the console', async () => {
    const spies = (['log', 'warn', 'info'] as const).map((level) => vi.spyOn(console, level))
    expect(await loadBackend('auto')).toMatchObject({
      name: 'wasm',
      versions: { '@tensorflow/tfjs-backend-wasm': '4.22.0' },
    })
    expect((await loadBackend('auto')).reason).toContain('auto')
    expect(await loadBackend('cpu')).toMatchObject({ name: 'cpu', reason: 'asked for' })
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })

  it.each(['node', 'node-gpu', 'webgpu'] as const)('says of a missing engine how %s is installed', async (name) => {
    await expect(importEngine(name, '@tensorflow/of-no-registry')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      detail: {
        backend: name,
        reason: expect.stringMatching(/of-no-registry is not installed; npm install .*@\d+\.\d+\.\d+ brings it/),
      },
    })
  })
})

describe('installedBackends', () => {
  it('has the two that are always there, and those that stand in node_modules', () => {
    const modules = join(import.meta.dirname, '../../../../node_modules')
    const isThere = (name: string) => globSync(join(name, 'package.json'), { cwd: modules }).length === 1
    const optional = [
      ['node', isThere('@tensorflow/tfjs-node')],
      ['node-gpu', isThere('@tensorflow/tfjs-node-gpu')],
      ['webgpu', isThere('webgpu') && isThere('@tensorflow/tfjs-backend-webgpu')],
    ] as const
    expect(installedBackends()).toEqual(['wasm', 'cpu', ...optional.flatMap(([name, is]) => (is ? [name] : []))])
  })
})

describe('chooseBackend', () => {
  it.each<[string, string[], boolean, string]>([
    ['a model without convolutions, whatever is installed', ['Dense', 'LSTM'], true, 'wasm'],
    ['convolutions, with nothing installed', ['Conv2D', 'Dense'], false, 'wasm'],
    ['convolutions, with tfjs-node', ['Rescaling', 'Conv2D'], true, 'node'],
    ['depthwise convolutions, with tfjs-node', ['DepthwiseConv2D'], true, 'node'],
    ['a model without layers', [], true, 'wasm'],
  ])('for %s', (_what, layers, installed, expected) => {
    const choice = chooseBackend(layers, () => installed)
    expect(choice.name).toBe(expected)
    expect(choice.reason).toMatch(/^auto: /)
  })
})
