/** A worker hands the issuer something other than what it signed, or signs what did not happen; so does intake. @module */

import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { serializeJobRecord, sha256Hex, utf8Decode, utf8Encode, type StoredArtifact } from '@aibomgen/core'
import { createLink, linkFileName, signMetablock } from '@aibomgen/intoto'
import { beforeAll, describe, expect, it } from 'vitest'

import { recordRun, stageInputs, train, type RecordedRun, type TrainedJob } from '../../src/index.ts'
import { describeRunAsLink } from '../../src/record-run.ts'
import { readStored, storeBytes } from '../../src/store-bytes.ts'
import { createPlatform, createSigner, runOptions, submitWine, type Platform } from '../platform.ts'

let platform: Platform
let trained: TrainedJob
/** A true environment report, of another job. */
let otherEnvironment: StoredArtifact

beforeAll(async () => {
  platform = await createPlatform()
  const workspace = { directory: await mkdtemp(join(tmpdir(), 'lying-')), [Symbol.asyncDispose]: async () => undefined }
  const staged = await stageInputs(await submitWine(platform, { epochs: 1 }), platform.deps, workspace)
  trained = await train(staged, platform.deps, runOptions())
  const { store } = platform.deps
  const report = utf8Decode(await readStored(store, trained.byproducts['environment.json']))
  const { id } = staged.job
  otherEnvironment = await storeBytes(store, utf8Encode(report.replace(id, id.split('').reverse().join(''))))
})

const EVIL = { name: 'outputs/evil.sh', sha256: sha256Hex(utf8Encode('rm -rf /')), sizeBytes: 8 }

describe('an issuer', () => {
  it.each<[string, string, (job: TrainedJob) => TrainedJob]>([
    ['a run that failed', 'COMMAND_FAILED', (job) => ({ ...job, returnValue: 1 })],
    ['another command', 'COMMAND_MISMATCH', (job) => ({ ...job, command: ['rm', '-rf', '/'] })],
    ['a product besides', 'RULE_VIOLATED', (job) => ({ ...job, outputs: { ...job.outputs, 'outputs/evil.sh': EVIL } })],
    [
      'other materials than were submitted',
      'RULE_VIOLATED',
      (job) => ({
        ...job,
        staged: {
          ...job.staged,
          materials: { ...job.staged.materials, 'inputs/dataset': { ...EVIL, name: 'inputs/dataset' } },
        },
      }),
    ],
    ['a reason for not scanning of two lines', 'LINK_INVALID', (job) => ({ ...job, notScanned: 'no\ntrivy' })],
    [
      'a reason for not scanning beside a scan',
      'LINK_INVALID',
      (job) => ({ ...job, byproducts: { ...job.byproducts, 'vulnerabilities.json': EVIL } }),
    ],
    [
      'the environment of another job',
      'EVIDENCE_MISMATCH',
      (job) => ({
        ...job,
        byproducts: {
          ...job.byproducts,
          'environment.json': { ...job.byproducts['environment.json'], ...otherEnvironment },
        },
      }),
    ],
  ])('refuses to sign for %s', async (_what, code, change) => {
    const run = await recordRun(change(trained), platform.signers.worker)
    await expectRefusal(run, code)
  })

  it('refuses a link by somebody who is no worker', async () => {
    const stranger = await createSigner('stranger')
    await expectRefusal(await recordRun(trained, stranger), 'LINK_INVALID')
    const link = describeRunAsLink(trained)
    const name = linkFileName(link.name, platform.signers.worker.publicKey.keyid)
    const { receipt } = trained.staged.job
    await expectRefusal({ receipt, link: { name, bytes: await signMetablock(link, [stranger]) } }, 'SIGNATURE_INVALID')
  })
})

describe('an issuer, of a job record that intake signed', () => {
  it.each(['model', 'dataset', 'definition'] as const)('refuses another %s than in the receipt', async (role) => {
    const { staged } = trained
    const { record, inputs } = staged.job
    const files = { ...record.files, [role]: { ...record.files[role], sha256: EVIL.sha256 } }
    const stored = await storeBytes(platform.deps.store, serializeJobRecord({ ...record, files }))
    const forged = { 'inputs/job.json': { name: 'inputs/job.json', ...stored } }
    const { intake, worker } = platform.signers
    const link = createLink({ name: 'submit_inputs', products: Object.values({ ...inputs, ...forged }) })
    const receipt = { ...staged.job.receipt, bytes: await signMetablock(link, [intake]) }
    const submitted = { ...staged, job: { ...staged.job, receipt }, materials: { ...staged.materials, ...forged } }
    await expectRefusal(await recordRun({ ...trained, staged: submitted }, worker), 'EVIDENCE_MISMATCH')
  })
})

async function expectRefusal(run: RecordedRun, code: string): Promise<void> {
  const before = platform.issuerSignatures()
  await expect(platform.deps.issuer.issue(run)).rejects.toMatchObject({ code })
  expect(platform.issuerSignatures()).toBe(before)
}
