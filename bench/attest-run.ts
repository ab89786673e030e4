/** Attesting a finished run: links, AIBoM, signatures, provenance, all of it published into a store on disk. @module */

import { join } from 'node:path'

import type { Benchmark } from './benchmark.ts'
import { withScratch } from './fixtures/scratch.ts'
import { runChild } from './process.ts'
import { sampleInTurn } from './sample.ts'

export const attestRun: Benchmark = {
  name: 'attest-run',
  what: 'attesting a finished run',
  unit: 's',
  target: { kind: 'limit', below: 0.15 },
  run: () =>
    withScratch(async (directory) => {
      let round = 0
      const attest = (): Promise<number> => runChild('attest-run.ts', [join(directory, `store-${round++}`)])
      const { ours } = await sampleInTurn({ ours: attest }, { rounds: 7, warmUps: 1 })
      return {
        kind: 'measured',
        ours,
        note: 'record, issue and publish, once in a fresh process, as a training ends; all flushed to disk',
      }
    }),
}
