/** Another layout is put in the place of the owner's. @module */

import { canonicalizeJson, parseJson, publicKeyToSecuresystemslib, utf8Encode } from '@aibomgen/core'
import { parseLayout, parseMetablock, signMetablock } from '@aibomgen/intoto'
import { describe, expect, it } from 'vitest'

import { bytesOf, createStranger, expectFailure, loadRelease, loadSigner, verify } from './release.ts'

describe('a layout that the owner did not sign', () => {
  it('the same, signed by the worker', async () => {
    const files = loadRelease()
    const layout = parseLayout(parseMetablock(bytesOf(files, 'layout.json')).signed)
    files.set('layout.json', await signMetablock(layout, [await loadSigner('worker')]))
    await expectFailure(files, { 'layout-signature': 'SIGNATURE_THRESHOLD' })
  })

  it('a key put inside it', async () => {
    const files = loadRelease()
    const { publicKey } = await createStranger()
    const file = structuredClone(parseJson(bytesOf(files, 'layout.json'), { maxBytes: 1e7 })) as {
      signed: { keys: Record<string, unknown>; steps: { pubkeys: string[] }[] }
    }
    file.signed.keys[publicKey.keyid] = { ...publicKeyToSecuresystemslib(publicKey), keyid: publicKey.keyid }
    for (const step of file.signed.steps) step.pubkeys.push(publicKey.keyid)
    files.set('layout.json', canonicalizeJson(file))
    await expectFailure(files, { 'layout-signature': 'SIGNATURE_THRESHOLD' })
  })

  it('the same in other words, signed by the owner: the AIBoM names another', async () => {
    const files = loadRelease()
    const layout = parseLayout(parseMetablock(bytesOf(files, 'layout.json')).signed)
    files.set('layout.json', await signMetablock({ ...layout, readme: 'looser' }, [await loadSigner('owner')]))
    await expectFailure(files, { 'bom-matches-links': 'EVIDENCE_MISMATCH' })
  })

  it('no check of a link passes under a layout that is not trusted', async () => {
    const files = loadRelease()
    files.set('layout.json', utf8Encode('{}'))
    const { checks } = await verify(files)
    const passed = checks.filter(({ status }) => status === 'pass').map(({ name }) => name)
    expect(passed).toEqual(['bom-schema', 'bom-signature', 'bom-lint'])
  })
})
