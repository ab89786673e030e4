/** A job whose inputs lie ready in a directory of their own. @module */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { JOB_RECORD_TYPE, parseTimestamp, serializeJobRecord, sha256Hex } from '@aibomgen/core'

import { fillTrainingParameters } from '../../src/training-parameters.ts'
import { referenceFile } from '../reference-data.ts'

/** A staged job; leaving its scope removes it. */
export interface StagedJob extends AsyncDisposable {
  readonly directory: string
  readonly job: string
  readonly outputs: string
  /** SHA-256 of each output, by file name; empty where there are none. */
  digests(): Promise<Record<string, string>>
  /** Puts other bytes in the place of an input. */
  replace(input: 'model' | 'dataset' | 'definition', bytes: Uint8Array | string): Promise<void>
}

/** The bytes of a job's inputs. */
export type InputFiles = Readonly<Record<'model' | 'dataset' | 'definition', Uint8Array | string>>

/** Stages a case of the reference data with these parameters, and defaults for the rest. */
export async function stageJob(name: string, parameters: Record<string, unknown> = {}): Promise<StagedJob> {
  const files = {
    model: await readFile(referenceFile(`${name}/model.keras`)),
    dataset: await readFile(referenceFile(`${name}/dataset.${name === 'wine-tfrecord' ? 'tfrecord' : 'csv'}`)),
    definition: await readFile(referenceFile(`${name}/definition.yaml`)),
  }
  return stageFiles(files, parameters)
}

/** Stages these inputs with these parameters, and defaults for the rest. */
export async function stageFiles(files: InputFiles, parameters: Record<string, unknown>): Promise<StagedJob> {
  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-job-'))
  const inputs = join(directory, 'inputs')
  const outputs = join(directory, 'outputs')
  await mkdir(inputs)
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(inputs, name), bytes)
  const nothing = { sha256: sha256Hex(new Uint8Array()), sizeBytes: 0 }
  const record = serializeJobRecord({
    _type: JOB_RECORD_TYPE,
    jobId: '123e4567-e89b-42d3-a456-426614174000',
    submittedAt: parseTimestamp('2026-01-31T12:00:00Z'),
    parameters: fillTrainingParameters(parameters, { seed: 7 }),
    metadata: {},
    files: {
      model: { name: 'model.keras', ...nothing },
      dataset: { name: 'dataset.csv', ...nothing },
      definition: { name: 'definition.yaml', ...nothing },
    },
  })
  await writeFile(join(inputs, 'job.json'), record)
  return {
    directory,
    job: join(inputs, 'job.json'),
    outputs,
    async digests() {
      const names = await readdir(outputs).catch(() => [])
      const digest = async (file: string): Promise<[string, string]> => [
        file,
        sha256Hex(await readFile(join(outputs, file))),
      ]
      return Object.fromEntries(await Promise.all(names.toSorted().map(digest)))
    },
    replace: (input, bytes) => writeFile(join(inputs, input), bytes),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}
