/** The issuer's own key signs an AIBoM that is not what the links say. @module */

import {
  canonicalizeJson,
  parseEnvelope,
  parseJson,
  serializeEnvelope,
  sha256Hex,
  signEnvelope,
  utf8Encode,
  type JsonObject,
} from '@aibomgen/core'
import { signAibom } from '@aibomgen/bom'
import { describe, expect, it } from 'vitest'

import {
  bytesOf,
  expectFailure,
  failures,
  loadRelease,
  loadSigner,
  resignLink,
  verify,
  type ReleaseFiles,
} from './release.ts'

/** Signs a changed AIBoM, and the link that names it, as the holder of the issuer's key could. */
async function reissue(files: ReleaseFiles, change: (text: string) => string): Promise<void> {
  const signer = await loadSigner('issuer')
  const { signature: _signature, ...bom } = parseJson(bytesOf(files, 'aibom.json'), { maxBytes: 1e7 }) as JsonObject
  const before = JSON.stringify(bom)
  const after = change(before)
  if (after === before) throw new Error('expected a change')
  const { bytes, signature } = await signAibom(parseJson(utf8Encode(after), { maxBytes: 1e7 }) as JsonObject, signer)
  files.set('aibom.json', bytes)
  files.set('aibom.sig', signature)
  await resignLink(files, 'generate_aibom', signer, (link) => {
    link.products = { 'aibom.json': { sha256: sha256Hex(bytes) } }
  })
}

describe('an AIBoM that its issuer signed', () => {
  it.each<[string, (text: string) => string]>([
    [
      'another number of epochs',
      (text) => text.replaceAll(/("name":"(?:aibomgen:parameter:)?epochs","value":)"\d+"/g, '$1"77"'),
    ],
    [
      'another seed',
      (text) => text.replaceAll(/("name":"(?:aibomgen:parameter:)?seed","value":)"\d+"/g, '$1"1234567"'),
    ],
    ['another author', (text) => text.replaceAll('The Wine Makers', 'Somebody Else')],
    ['another data set', (text) => replaceDigest(text, 'inputs/dataset')],
    ['another base model', (text) => replaceDigest(text, 'inputs/model')],
    ['another model', (text) => replaceDigest(text, 'outputs/trained_model.keras')],
    ['another layout', (text) => replaceDigest(text, 'layout.json')],
    ['metrics in the place of the model', swapPlaces('outputs/trained_model.keras', 'outputs/metrics.json')],
    ['data set in the place of the base model', swapPlaces('inputs/model', 'inputs/dataset')],
  ])('%s', async (_what, change) => {
    const files = loadRelease()
    await reissue(files, change)
    const report = await verify(files)
    expect(Object.keys(failures(report))).toContain('bom-matches-links')
    expect(report.verdict).toBe('fail')
  })

  it('another parameter in the provenance', async () => {
    const files = loadRelease()
    const envelope = parseEnvelope(bytesOf(files, 'provenance.intoto.jsonl'))
    const statement = parseJson(envelope.payload, { maxBytes: 1e7 }) as {
      predicate: { buildDefinition: { externalParameters: { parameters: { epochs: number } } } }
    }
    statement.predicate.buildDefinition.externalParameters.parameters.epochs += 1
    const forged = { payloadType: envelope.payloadType, payload: canonicalizeJson(statement) }
    files.set('provenance.intoto.jsonl', serializeEnvelope(await signEnvelope(forged, [await loadSigner('issuer')])))
    await expectFailure(files, { provenance: 'EVIDENCE_MISMATCH' })
  })

  it('a provenance signed by the worker', async () => {
    const files = loadRelease()
    const { payloadType, payload } = parseEnvelope(bytesOf(files, 'provenance.intoto.jsonl'))
    const envelope = await signEnvelope({ payloadType, payload }, [await loadSigner('worker')])
    files.set('provenance.intoto.jsonl', serializeEnvelope(envelope))
    await expectFailure(files, { provenance: 'SIGNATURE_THRESHOLD' })
  })

  it('an AIBoM signed by the worker', async () => {
    const files = loadRelease()
    const { signature: _signature, ...bom } = parseJson(bytesOf(files, 'aibom.json'), { maxBytes: 1e7 }) as JsonObject
    const { bytes, signature } = await signAibom(bom, await loadSigner('worker'))
    files.set('aibom.json', bytes)
    files.set('aibom.sig', signature)
    await expectFailure(files, { 'bom-signature': 'KEY_NOT_TRUSTED' })
  })
})

/** The document with the digest of one artifact, wherever it stands, changed. */
function replaceDigest(text: string, name: string): string {
  return text.replaceAll(sha256Hex(bytesOf(loadRelease(), name)), '0'.repeat(64))
}

/** The document with two artifacts, names and digests, each in the other's place. */
function swapPlaces(first: string, second: string): (text: string) => string {
  const digestOf = (name: string): string => sha256Hex(bytesOf(loadRelease(), name))
  return (text) =>
    [
      [`"${first}"`, `"${second}"`],
      [digestOf(first), digestOf(second)],
    ].reduce((swapped, [one = '', other = '']) => {
      return swapped.replaceAll(one, '\u0001').replaceAll(other, one).replaceAll('\u0001', other)
    }, text)
}
