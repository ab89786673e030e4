/** Ours and in-toto's reference implementation in turn, on the same files. @module */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { publicKeyToSecuresystemslib, type PublicKey } from '@aibomgen/core'

import type { Measured, Peer } from './benchmark.ts'
import { withScratch } from './fixtures/scratch.ts'
import { findPython, runPeer } from './process.ts'
import { sampleInTurn, type Repetition, type Run } from './sample.ts'

/** Debian's version, which knows Metablock alone, and what it took elsewhere. */
export interface Reference {
  /** Script of `peers/`: takes a directory, prints the seconds that the reference needs for what lies there. */
  readonly script: string
  /** By name, what lies there. The key that signed is in `key.json` besides. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly key: PublicKey
  readonly recordedSeconds: number
}

const NAME = 'in-toto 1.3.1 (Python)'

/** Seconds of both. Where no Python has in-toto, the recorded figure stands in for it, and is called that. */
export async function sampleBesideReference(
  ours: Run,
  { script, files, key, recordedSeconds }: Reference,
  repetition: Repetition,
): Promise<Pick<Measured, 'ours'> & { readonly peer: Peer }> {
  const python = await findPython('in_toto')
  if (python === undefined) {
    const peer = { kind: 'recorded', name: NAME, figure: recordedSeconds } as const
    return { ...(await sampleInTurn({ ours }, repetition)), peer }
  }
  return withScratch(async (directory) => {
    const keyFile = JSON.stringify({ ...publicKeyToSecuresystemslib(key), keyid: key.legacyKeyid })
    await writeFile(join(directory, 'key.json'), keyFile)
    for (const [name, bytes] of files) await writeFile(join(directory, name), bytes)
    const reference = (): Promise<number> => runPeer(python, script, [directory]).then(([seconds = NaN]) => seconds)
    const samples = await sampleInTurn({ ours, reference }, repetition)
    return { ours: samples.ours, peer: { kind: 'measured', name: NAME, sample: samples.reference } }
  })
}
