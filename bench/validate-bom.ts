/** Validating an AIBoM of 10 000 components against the official schema. @module */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { parseBom, validateBom } from '@aibomgen/bom'
import { utf8Encode } from '@aibomgen/core'

import type { Benchmark, Peer } from './benchmark.ts'
import { digestOf } from './fixtures/functionaries.ts'
import { WINE_RELEASE } from './fixtures/finished-run.ts'
import { withScratch } from './fixtures/scratch.ts'
import { isTimeout, runChild } from './process.ts'
import { sampleInTurn, summarize, timed } from './sample.ts'

const COMPONENTS = 10_000
const STOCK = 'cyclonedx-library’s validator'
const STOCK_LIMIT_SECONDS = 30

export const validateLargeBom: Benchmark = {
  name: 'validate-bom',
  what: 'reading and validating an AIBoM of 10 000 components',
  unit: 's',
  target: { kind: 'limit', below: 0.3 },
  async run() {
    const bom = await buildLargeBom()
    const validate = (): void => {
      const [problem] = validateBom(parseBom(bom))
      if (problem !== undefined) throw new Error(`expected a valid BOM, got a problem at ${problem.path}`)
    }
    const { ours } = await sampleInTurn({ ours: timed(validate) }, { rounds: 7, warmUps: 1 })
    return { kind: 'measured', ours, peer: await runStock(bom) }
  },
}

/** The wine AIBoM with components of its own on top. Its signature does not hold, and nobody looks. */
async function buildLargeBom(): Promise<Uint8Array> {
  const bom = parseBom(await readFile(join(WINE_RELEASE, 'aibom.json')))
  const libraries = Array.from({ length: COMPONENTS }, (_, index) => ({
    type: 'library',
    'bom-ref': `pkg:npm/module-${index}@1.0.${index}`,
    name: `module-${index}`,
    version: `1.0.${index}`,
    purl: `pkg:npm/module-${index}@1.0.${index}`,
    hashes: [{ alg: 'SHA-256', content: digestOf(`module ${index}`) }],
    licenses: [{ license: { id: 'MIT' } }],
  }))
  return utf8Encode(JSON.stringify({ ...bom, components: libraries }))
}

/** Once, and not for ever: comparing every component with every other takes it long. */
async function runStock(bom: Uint8Array): Promise<Peer> {
  return withScratch(async (directory) => {
    const path = join(directory, 'bom.json')
    await writeFile(path, bom)
    try {
      const seconds = await runChild('stock-validator.ts', [path], { timeoutSeconds: STOCK_LIMIT_SECONDS })
      return { kind: 'measured', name: STOCK, sample: summarize([seconds]) }
    } catch (error) {
      if (isTimeout(error)) return { kind: 'stopped', name: STOCK, after: STOCK_LIMIT_SECONDS }
      throw error
    }
  })
}
