/** The command line as a library: an example job is trained here, and its release verified. @module */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { main } from 'aibomgen'

const directory = await mkdtemp(join(tmpdir(), 'aibomgen-example-'))
process.env['AIBOMGEN_HOME'] = join(directory, 'home')
const wine = join(directory, 'wine')
const release = join(directory, 'release')

try {
  await expectSuccess('example', 'wine', wine)
  const files = ['model.keras', 'dataset.csv', 'definition.yaml'].map((name) => join(wine, name))
  const [model = '', dataset = '', definition = ''] = files
  const job = ['--model', model, '--dataset', dataset, '--definition', definition]
  await expectSuccess('train', ...job, '--epochs', '3', '--seed', '7', '--out', release)
  await expectSuccess('verify', release)
} finally {
  await rm(directory, { recursive: true })
}

async function expectSuccess(...argv: readonly string[]): Promise<void> {
  const exitCode = await main(argv)
  if (exitCode !== 0) throw new Error(`aibomgen ${argv[0] ?? ''} exited with ${exitCode}`)
}
