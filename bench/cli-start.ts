/** Starting the built command line: its help, and the verification of a small release. @module */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Benchmark, Measurement } from './benchmark.ts'
import { TRUST_ROOT_FILE, WINE_RELEASE } from './fixtures/finished-run.ts'
import { withScratch } from './fixtures/scratch.ts'
import { runProgram } from './process.ts'
import { sampleInTurn, timed } from './sample.ts'

const CLI = fileURLToPath(new URL('../packages/cli/', import.meta.url))

export const cliStart: Benchmark = {
  name: 'cli-start',
  what: 'start of `aibomgen --help`',
  unit: 's',
  target: { kind: 'limit', below: 0.15 },
  run: () => measureCommand(['--help'], 'the whole process; the peer is what no program in Node.js goes below'),
}

export const verifySmallRelease: Benchmark = {
  name: 'verify-release',
  what: '`aibomgen verify` of a release without large files',
  unit: 's',
  target: { kind: 'limit', below: 0.4 },
  run: () =>
    measureCommand(
      ['verify', WINE_RELEASE, '--trust', TRUST_ROOT_FILE],
      'the whole process, all eleven checks passed; the peer is what no program in Node.js goes below',
    ),
}

async function measureCommand(argv: readonly string[], note: string): Promise<Measurement> {
  if (!existsSync(join(CLI, 'dist/main.js'))) return { kind: 'not measured', reason: 'run `npm run build` first' }
  return withScratch(async (home) => {
    const env = { AIBOMGEN_HOME: home, NODE_OPTIONS: '' }
    const start = (parameters: readonly string[]) => timed(() => runProgram(process.execPath, parameters, { env }))
    const { ours, node } = await sampleInTurn(
      { ours: start([join(CLI, 'bin/aibomgen.js'), ...argv]), node: start(['--eval', '0']) },
      { rounds: 11, warmUps: 1 },
    )
    return { kind: 'measured', ours, peer: { kind: 'measured', name: 'node --eval 0', sample: node }, note }
  })
}
