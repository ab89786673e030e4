/** Hashing a 1 GiB file. @module */

import { digestFile } from '@aibomgen/core/node'

import type { Benchmark } from './benchmark.ts'
import { withScratch, writeLargeFile } from './fixtures/scratch.ts'
import { canRun, runProgram } from './process.ts'
import { sampleInTurn, timed } from './sample.ts'

export const hashFile: Benchmark = {
  name: 'hash-file',
  what: 'SHA-256 of a 1 GiB file',
  unit: 's',
  target: { kind: 'speed', atLeast: 0.9 },
  run: () =>
    withScratch(async (directory) => {
      if (!(await canRun('openssl', ['version'])))
        return { kind: 'not measured', reason: 'the peer, openssl, is missing' }
      const path = await writeLargeFile(directory, 2 ** 30)
      const samples = await sampleInTurn(
        {
          ours: timed(() => digestFile(path)),
          openssl: timed(() => runProgram('openssl', ['dgst', '-sha256', path])),
        },
        { rounds: 7, warmUps: 1 },
      )
      const peer = { kind: 'measured', name: 'openssl dgst -sha256', sample: samples.openssl } as const
      return { kind: 'measured', ours: samples.ours, peer }
    }),
}
