/** Attests a finished run into a store in the directory that the argument names; prints the seconds that it took. */

import { createIssuer, publishRelease, recordRun } from '@aibomgen/pipeline'
import { FsArtifactStore } from '@aibomgen/storage/fs'

import { readFinishedRun } from '../fixtures/finished-run.ts'

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('expected a directory')
const store = new FsArtifactStore(directory)
const { trained, trustRoot, layout, signers, clock } = await readFinishedRun(store)
const issuer = createIssuer(
  {
    store,
    clock,
    signer: signers.issuer,
    trustRoot,
    layout,
    manufacturer: { name: 'Benchmark' },
    toolVersion: '0.0.0',
  },
  { specVersion: '1.6', withheld: [] },
)

const start = performance.now()
const recorded = await recordRun(trained, signers.worker)
const evidence = await issuer.issue(recorded)
await publishRelease(evidence, store, { includeInputs: true })
console.log((performance.now() - start) / 1000)
