/** A field is added to the signed AIBoM, or its time is moved. @module */

import { parseJson, utf8Encode } from '@aibomgen/core'
import { describe, it } from 'vitest'

import { bytesOf, expectFailure, loadRelease, replaceText, type ReleaseFiles } from './release.ts'

type Draft = Record<string, unknown> & { metadata: Record<string, unknown> & { component: Record<string, unknown> } }

function changeBom(files: ReleaseFiles, change: (bom: Draft) => void): void {
  const bom = structuredClone(parseJson(bytesOf(files, 'aibom.json'), { maxBytes: 1e7 })) as Draft
  change(bom)
  files.set('aibom.json', utf8Encode(`${JSON.stringify(bom, null, 2)}\n`))
}

describe('a signed AIBoM that was added to', () => {
  it.each<[string, (bom: Draft) => void]>([
    [
      'another modelCard',
      (bom) => (bom.metadata.component.modelCard = { modelParameters: { task: 'world domination' } }),
    ],
    ['a second formula', (bom) => (bom.formulation = [...(bom.formulation as unknown[]), { 'bom-ref': 'second' }])],
    ['a property', (bom) => (bom.properties = [{ name: 'safe', value: 'yes' }])],
    ['an annotation', (bom) => (bom.version = 2)],
  ])('%s', async (_what, change) => {
    const files = loadRelease()
    changeBom(files, change)
    await expectFailure(files, { 'bom-signature': 'SIGNATURE_INVALID' })
  })

  it('white space alone breaks the detached signature', async () => {
    const files = loadRelease()
    replaceText(files, 'aibom.json', '{', '{ ')
    await expectFailure(files, { 'bom-signature': 'SIGNATURE_INVALID' })
  })

  it('the timestamp changed', async () => {
    const files = loadRelease()
    replaceText(files, 'aibom.json', /"timestamp": "(\d{4}-\d\d-\d\dT\d\d:\d\d):\d\dZ"/, '"timestamp": "$1:59Z"')
    await expectFailure(files, { 'bom-signature': 'SIGNATURE_INVALID' })
  })

  it('the timestamp moved to before the keys', async () => {
    const files = loadRelease()
    replaceText(files, 'aibom.json', /"timestamp": "\d{4}/, '"timestamp": "2020')
    await expectFailure(files, { 'bom-signature': 'SIGNATURE_INVALID', 'layout-signature': 'SIGNATURE_THRESHOLD' })
  })
})
