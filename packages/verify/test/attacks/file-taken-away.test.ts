/** A file of the release is missing, or is there and should not be. @module */

import { utf8Encode } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type { CheckName } from '../../src/index.ts'
import { expectFailure, findFile, loadRelease, replaceText, verify } from './release.ts'

describe('a release with a file taken away', () => {
  it.each<[string, CheckName, string]>([
    ['aibom.json', 'bom-schema', 'RELEASE_FILE_MISSING'],
    ['aibom.sig', 'bom-signature', 'RELEASE_FILE_MISSING'],
    ['layout.json', 'layout-signature', 'RELEASE_FILE_MISSING'],
    ['provenance.intoto.jsonl', 'provenance', 'RELEASE_FILE_MISSING'],
    ['submit_inputs.', 'link-thresholds', 'LINK_MISSING'],
    ['run_training.', 'link-thresholds', 'LINK_MISSING'],
    ['generate_aibom.', 'link-thresholds', 'LINK_MISSING'],
    ['inputs/job.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['outputs/metrics.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['outputs/model-summary.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['outputs/preprocessing.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['outputs/dataset-manifest.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['environment.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['logs.txt', 'artifact-digests', 'RELEASE_FILE_MISSING'],
    ['release.json', 'artifact-digests', 'RELEASE_FILE_MISSING'],
  ])('%s: %s says %s', async (prefix, check, code) => {
    const files = loadRelease()
    files.delete(findFile(files, prefix))
    await expectFailure(files, { [check]: code })
  })

  it.each(['inputs/model', 'inputs/dataset', 'inputs/definition'])(
    '%s: listed as absent, and no failure',
    async (name) => {
      const files = loadRelease()
      files.delete(name)
      const report = await verify(files)
      expect(report.verdict).toBe('pass')
      expect(report.absent).toEqual([name])
    },
  )

  it('the trained model: evidence only', async () => {
    const files = loadRelease()
    files.delete('outputs/trained_model.keras')
    expect((await verify(files)).verdict).toBe('evidence-only')
  })
})

describe('a release with a file that no evidence speaks of', () => {
  it.each(['outputs/evil.sh', 'inputs/extra'])('%s: refused', async (name) => {
    const files = loadRelease()
    files.set(name, utf8Encode('rm -rf /'))
    await expectFailure(files, { 'artifact-digests': 'RELEASE_FILE_UNEXPECTED' })
  })

  it('beside inputs and outputs: named as uncovered', async () => {
    const files = loadRelease()
    files.set('NOTES.md', utf8Encode('mine'))
    const report = await verify(files)
    expect(report.verdict).toBe('pass')
    expect(report.uncovered).toEqual(['NOTES.md'])
  })

  it('an index that lies', async () => {
    const files = loadRelease()
    replaceText(files, 'release.json', /"sha256": "[0-9a-f]{8}/, '"sha256": "00000000')
    await expectFailure(files, { 'artifact-digests': 'DIGEST_MISMATCH' })
  })
})
