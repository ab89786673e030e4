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
  createStranger,
  expectFailure,
  failures,
  findFile,
  loadRelease,
  loadSigner,
  loadTrustRoot,
  replaceText,
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
    link.materials['links/run_training'] = { sha256: sha256Hex(bytesOf(files, findFile(files, 'run_training.'))) }
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
    ['another size of the data set', (text) => replaceSize(text, 'inputs/dataset')],
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

  it('another AIBoM of the same job than the one in its link', async () => {
    const files = loadRelease()
    const link = bytesOf(files, findFile(files, 'generate_aibom.'))
    await reissue(files, (text) => text.replace(/("timestamp":"20)../, '$127'))
    files.set(findFile(files, 'generate_aibom.'), link)
    for (const name of ['aibom.json', 'aibom.sig']) {
      replaceText(files, 'release.json', sha256Hex(bytesOf(loadRelease(), name)), sha256Hex(bytesOf(files, name)))
    }
    await expectFailure(files, { 'artifact-digests': 'DIGEST_MISMATCH' })
  })

  it.each<[string, Uint8Array | undefined]>([
    ['findings that no worker recorded, in the release', utf8Encode('{"vulnerabilities": [{}]}')],
    ['findings that no worker recorded, and that are not there', undefined],
  ])('%s', async (_what, findings) => {
    const files = loadRelease()
    if (findings !== undefined) files.set('vulnerabilities.json', findings)
    await reissue(files, (text) => claimFindings(text, sha256Hex(utf8Encode('{"vulnerabilities": [{}]}'))))
    await expectFailure(files, { 'bom-matches-links': 'EVIDENCE_MISMATCH' })
  })

  it.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['the reason for not scanning that the worker gives: true', 'no trivy', 'no trivy', undefined],
    ['another reason for not scanning than the worker’s', 'no trivy', 'all is well', 'EVIDENCE_MISMATCH'],
    ['no reason for not scanning where the worker gives one', 'no trivy', undefined, 'EVIDENCE_MISMATCH'],
    ['a reason for not scanning where the worker gives none', undefined, 'all is well', 'EVIDENCE_MISMATCH'],
    ['a reason for not scanning of two lines', 'no\ntrivy', 'no trivy', 'LINK_INVALID'],
  ])('%s', async (_what, recorded, claimed, code) => {
    const files = loadRelease()
    const relink = await recordReason(files, recorded)
    await reissue(files, (text) => relink(claimReason(text, claimed)))
    expect(failures(await verify(files))['bom-matches-links']).toBe(code)
  })

  it('an AIBoM by another issuer than its link: in force, and not in the layout', async () => {
    const files = loadRelease()
    const held = loadTrustRoot()
    const other = await createStranger()
    const tenure = { role: 'issuer', key: other.publicKey, validFrom: held.root.issuedAt } as const
    const trustRoot = { ...held, root: { ...held.root, keys: [...held.root.keys, tenure] } }
    const { signature: _signature, ...bom } = parseJson(bytesOf(files, 'aibom.json'), { maxBytes: 1e7 }) as JsonObject
    const { bytes, signature } = await signAibom(bom, other)
    files.set('aibom.json', bytes)
    files.set('aibom.sig', signature)
    const { payloadType, payload } = parseEnvelope(bytesOf(files, 'provenance.intoto.jsonl'))
    files.set('provenance.intoto.jsonl', serializeEnvelope(await signEnvelope({ payloadType, payload }, [other])))
    expect(failures(await verify(files, { trustRoot }))).toMatchObject({
      'bom-matches-links': 'KEY_NOT_TRUSTED',
      provenance: 'SIGNATURE_THRESHOLD',
    })
  })

  it.each<[string, (statement: ProvenanceDraft) => void]>([
    ['another parameter', ({ predicate }) => (predicate.buildDefinition.externalParameters.parameters.epochs += 1)],
    ['another job', ({ predicate }) => (predicate.runDetails.metadata.invocationId = crypto.randomUUID())],
  ])('%s in the provenance', async (_what, change) => {
    const files = loadRelease()
    const envelope = parseEnvelope(bytesOf(files, 'provenance.intoto.jsonl'))
    const statement = parseJson(envelope.payload, { maxBytes: 1e7 }) as JsonObject & ProvenanceDraft
    change(statement)
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

/** The part of a provenance statement that is changed here. */
interface ProvenanceDraft {
  readonly predicate: {
    readonly buildDefinition: { readonly externalParameters: { readonly parameters: { epochs: number } } }
    readonly runDetails: { readonly metadata: { invocationId: string } }
  }
}

/** The document with another size of one artifact. */
function replaceSize(text: string, name: string): string {
  const { length } = bytesOf(loadRelease(), name)
  return text.replaceAll(`"value":"${length}"`, `"value":"${length + 1}"`)
}

/** The document with a scan's findings, in a file of this digest. */
function claimFindings(text: string, sha256: string): string {
  const property = (name: string, value: string): string =>
    JSON.stringify({ name: `aibomgen:vulnerabilities:${name}`, value })
  const scanned = [
    property('state', 'scanned'),
    property('scanner', 'trivy'),
    property('scanned-at', '2026-11-22T12:00:00Z'),
  ]
  const reference = {
    url: 'vulnerabilities.json',
    comment: 'vulnerabilities found in the training environment',
    type: 'vulnerability-assertion',
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  }
  return text
    .replace(property('state', 'not scanned'), scanned.join(','))
    .replace('"externalReferences":[', `"externalReferences":[${JSON.stringify(reference)},`)
}

/** Puts why there was no scan into the worker's link; gives what makes a document name that link. */
async function recordReason(files: ReleaseFiles, reason: string | undefined): Promise<(text: string) => string> {
  const name = findFile(files, 'run_training.')
  const before = sha256Hex(bytesOf(files, name))
  await resignLink(files, 'run_training', await loadSigner('worker'), ({ byproducts }) => {
    if (reason !== undefined) byproducts['not-scanned'] = reason
  })
  return (text) => text.replaceAll(before, sha256Hex(bytesOf(files, name)))
}

/** The document with why there was no scan. */
function claimReason(text: string, reason: string | undefined): string {
  const state = JSON.stringify({ name: 'aibomgen:vulnerabilities:state', value: 'not scanned' })
  const why = JSON.stringify({ name: 'aibomgen:vulnerabilities:reason', value: reason })
  return reason === undefined ? text : text.replace(state, `${state},${why}`)
}

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
