/** Intake signs a job record that is not about the files that it took in, and everybody after it signs honestly. @module */

import {
  canonicalizeJson,
  parseEnvelope,
  parseJobRecord,
  parseJson,
  serializeEnvelope,
  serializeJobRecord,
  sha256Hex,
  signEnvelope,
  utf8Encode,
  type JobFileRole,
  type JsonObject,
  type Sha256Hex,
  type SubmittedFile,
} from '@aibomgen/core'
import { signAibom } from '@aibomgen/bom'
import { describe, expect, it } from 'vitest'

import {
  bytesOf,
  failures,
  findFile,
  loadRelease,
  loadSigner,
  resignLink,
  verify,
  type ReleaseFiles,
} from './release.ts'

/** The release that comes of another job record, every later signature renewed. */
async function resubmit(role: JobFileRole, change: (file: SubmittedFile) => SubmittedFile): Promise<ReleaseFiles> {
  const files = loadRelease()
  const [intake, worker, issuer] = await Promise.all([loadSigner('intake'), loadSigner('worker'), loadSigner('issuer')])
  const before = new Map(files)
  const digestOf = (name: string): Sha256Hex => sha256Hex(bytesOf(files, name))

  const record = parseJobRecord(bytesOf(files, 'inputs/job.json'))
  const changed = { ...record, files: { ...record.files, [role]: change(record.files[role]) } }
  files.set('inputs/job.json', serializeJobRecord(changed))
  const job = { sha256: digestOf('inputs/job.json') }
  await resignLink(files, 'submit_inputs', intake, (link) => (link.products['inputs/job.json'] = job))
  await resignLink(files, 'run_training', worker, (link) => (link.materials['inputs/job.json'] = job))

  const links = ['submit_inputs', 'run_training'].map((step) => [step, findFile(files, `${step}.`)] as const)
  const { signature: _signature, ...bom } = readJson(bytesOf(files, 'aibom.json'))
  const renewed = ['inputs/job.json', ...links.map(([, name]) => name)].reduce(
    (text, name) => text.replaceAll(sha256Hex(bytesOf(before, name)), digestOf(name)),
    JSON.stringify(bom),
  )
  const aibom = await signAibom(readJson(utf8Encode(renewed)), issuer)
  files.set('aibom.json', aibom.bytes)
  files.set('aibom.sig', aibom.signature)
  await resignLink(files, 'generate_aibom', issuer, (link) => {
    for (const [step, name] of links) link.materials[`links/${step}`] = { sha256: digestOf(name) }
    link.products['aibom.json'] = { sha256: digestOf('aibom.json') }
  })

  const { payloadType, payload } = parseEnvelope(bytesOf(files, 'provenance.intoto.jsonl'))
  const statement = ['inputs/job.json', 'aibom.json'].reduce(
    (text, name) => text.replaceAll(sha256Hex(bytesOf(before, name)), digestOf(name)),
    JSON.stringify(readJson(payload)),
  )
  const provenance = readJson(utf8Encode(statement)) as { predicate: { buildDefinition: Record<string, unknown> } }
  provenance.predicate.buildDefinition['externalParameters'] = changed
  const envelope = await signEnvelope({ payloadType, payload: canonicalizeJson(provenance) }, [issuer])
  files.set('provenance.intoto.jsonl', serializeEnvelope(envelope))

  const index = readJson(bytesOf(files, 'release.json'))
  const listed = index['files'] as readonly { name: string }[]
  const list = listed.map(({ name }) => ({ name, sha256: digestOf(name), sizeBytes: bytesOf(files, name).length }))
  files.set('release.json', canonicalizeJson({ ...index, files: list }))
  return files
}

function readJson(bytes: Uint8Array): JsonObject {
  return parseJson(bytes, { maxBytes: bytes.length }) as JsonObject
}

describe('a job record, signed by intake and by everybody after it', () => {
  it('passes when nothing was changed', async () => {
    expect(failures(await verify(await resubmit('dataset', (file) => file)))).toEqual({})
  })

  it.each<JobFileRole>(['model', 'dataset', 'definition'])('names another %s than the receipt', async (role) => {
    const files = await resubmit(role, (file) => ({ ...file, sha256: sha256Hex(utf8Encode('another')) }))
    expect(failures(await verify(files))).toEqual({ 'bom-matches-links': 'EVIDENCE_MISMATCH' })
  })
})
