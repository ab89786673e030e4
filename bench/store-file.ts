/** Storing a 1 GiB file: how fast, and in how much memory. @module */

import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { readFileParts } from '@aibomgen/core/node'
import { FsArtifactStore } from '@aibomgen/storage/fs'

import type { Benchmark } from './benchmark.ts'
import { withScratch, writeLargeFile } from './fixtures/scratch.ts'
import { canRun, runChild, runProgram } from './process.ts'
import { sampleInTurn, summarize, timed } from './sample.ts'

const SIZE_BYTES = 2 ** 30

export const storeFile: Benchmark = {
  name: 'store-file',
  what: '1 GiB into the store on disk',
  unit: 's',
  target: { kind: 'speed', atLeast: 0.8 },
  run: () =>
    withScratch(async (directory) => {
      if (!(await canRun('openssl', ['version'])))
        return { kind: 'not measured', reason: 'the peer, openssl, is missing' }
      const path = await writeLargeFile(directory, SIZE_BYTES)
      const [stores, copies] = [join(directory, 'store'), join(directory, 'copies')]
      const put = timed(() => new FsArtifactStore(stores).put(readFileParts(path), { maxBytes: SIZE_BYTES }))
      const copyAndHash = timed(async () => {
        const copy = join(copies, 'large')
        await runProgram('cp', [path, copy])
        await runProgram('openssl', ['dgst', '-sha256', path])
      })
      const samples = await sampleInTurn(
        {
          ours: () => withEmpty(stores, put),
          peer: () => withEmpty(copies, copyAndHash),
          flushed: () =>
            withEmpty(
              copies,
              timed(() => copyHashAndFlush(path, join(copies, 'large'))),
            ),
        },
        { rounds: 5, warmUps: 1 },
      )
      return {
        kind: 'measured',
        ours: samples.ours,
        peer: { kind: 'measured', name: 'cp F G && openssl dgst -sha256 F', sample: samples.peer },
        note:
          'ours flushes the artifact to disk before it counts, cp does not; ' +
          `with \`sync G\` the peer takes ${samples.flushed.median.toFixed(2)} s`,
      }
    }),
}

export const storeMemory: Benchmark = {
  name: 'store-memory',
  what: 'peak memory of a process that stores 1 GiB',
  unit: 'MB',
  target: { kind: 'limit', below: 150 },
  run: () =>
    withScratch(async (directory) => {
      const path = await writeLargeFile(directory, SIZE_BYTES)
      const kibibytes = await runChild('store-file.ts', [path, join(directory, 'store')])
      return { kind: 'measured', ours: summarize([(kibibytes * 1024) / 1e6]) }
    }),
}

/** Runs with an empty directory, which is made before and emptied after what is measured. */
async function withEmpty(directory: string, run: () => Promise<number>): Promise<number> {
  await mkdir(directory)
  try {
    return await run()
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function copyHashAndFlush(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  await runProgram('openssl', ['dgst', '-sha256', from])
  await runProgram('sync', [to])
}
