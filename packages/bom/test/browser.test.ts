import { fileURLToPath } from 'node:url'
import vm from 'node:vm'

import { toHex } from '@aibomgen/core'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

import { run } from './browser-program.ts'
import { WINE_FACTS } from './wine-facts.ts'

describe('the package in a browser', () => {
  it('does all it does in Node, to the byte, without eval and without a module of Node’s', async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('./browser-program.ts', import.meta.url))],
      conditions: ['@aibomgen/source', 'browser'],
      platform: 'browser',
      format: 'iife',
      globalName: 'program',
      bundle: true,
      write: false,
      logLevel: 'silent',
    })
    // All that the code may use of its surroundings; and, as under a strict content security policy, no code from text.
    const globals: Record<string, unknown> = { TextEncoder, TextDecoder, atob, btoa, crypto }
    const context = vm.createContext(globals, { codeGeneration: { strings: false, wasm: false } })
    globals.self = globals
    vm.runInContext(outputFiles[0]?.text ?? '', context)

    const inBrowser = (await vm.runInContext('program.run()', context)) as Awaited<ReturnType<typeof run>>
    const inNode = await run()
    expect(toHex(inBrowser.bytes)).toBe(toHex(inNode.bytes))
    expect({ ...inBrowser, bytes: 0 }).toEqual({ bytes: 0, jobId: WINE_FACTS.jobId, problems: 0 })
  })
})
