/** A link that is true somewhere else: of another job, by another key, in another role. @module */

import { linkFileName, parseLink, parseMetablock, signMetablock } from '@aibomgen/intoto'
import { describe, it } from 'vitest'

import {
  bytesOf,
  createStranger,
  expectFailure,
  findFile,
  loadRelease,
  loadSigner,
  type ReleaseName,
} from './release.ts'

describe('a link of another job', () => {
  it.each<[string, ReleaseName]>([
    ['same files, other parameters', 'other-parameters'],
    ['same files, same parameters', 'same-again'],
  ])('%s: its job record is another', async (_what, other) => {
    const files = loadRelease()
    const name = findFile(files, 'run_training.')
    files.set(name, bytesOf(loadRelease(other), name))
    await expectFailure(files, { 'artifact-rules': 'RULE_VIOLATED' })
  })

  it('both earlier links, and the job record with them: the issuer saw others', async () => {
    const files = loadRelease()
    const other = loadRelease('same-again')
    for (const prefix of ['run_training.', 'submit_inputs.', 'inputs/job.json', 'environment.json', 'logs.txt']) {
      const name = findFile(files, prefix)
      files.set(name, bytesOf(other, name))
    }
    await expectFailure(files, { 'artifact-rules': 'EVIDENCE_MISMATCH', 'bom-matches-links': 'EVIDENCE_MISMATCH' })
  })

  it('a receipt of another job', async () => {
    const files = loadRelease()
    const name = findFile(files, 'submit_inputs.')
    files.set(name, bytesOf(loadRelease('same-again'), name))
    await expectFailure(files, { 'artifact-rules': 'RULE_VIOLATED' })
  })
})

describe('a link by somebody else', () => {
  it('under the name of the worker: a false signature', async () => {
    const files = loadRelease()
    const name = findFile(files, 'run_training.')
    const link = parseLink(parseMetablock(bytesOf(files, name)).signed)
    files.set(name, await signMetablock(link, [await createStranger()]))
    await expectFailure(files, { 'link-signatures': 'SIGNATURE_INVALID' })
  })

  it('under their own name: no functionary', async () => {
    const files = loadRelease()
    const name = findFile(files, 'run_training.')
    const stranger = await createStranger()
    const link = parseLink(parseMetablock(bytesOf(files, name)).signed)
    files.delete(name)
    files.set(linkFileName('run_training', stranger.publicKey.keyid), await signMetablock(link, [stranger]))
    await expectFailure(files, { 'link-signatures': 'LINK_INVALID' })
  })

  it.each(['intake', 'issuer', 'owner'] as const)('by the %s, whose role is another', async (role) => {
    const files = loadRelease()
    const name = findFile(files, 'run_training.')
    const signer = await loadSigner(role)
    const link = parseLink(parseMetablock(bytesOf(files, name)).signed)
    files.delete(name)
    files.set(linkFileName('run_training', signer.publicKey.keyid), await signMetablock(link, [signer]))
    await expectFailure(files, { 'link-signatures': 'LINK_INVALID' })
  })
})
