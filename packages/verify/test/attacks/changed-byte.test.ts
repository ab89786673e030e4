/** One byte of any file is changed. @module */

import { describe, expect, it } from 'vitest'

import type { CheckName } from '../../src/index.ts'
import { expectFailure, flipByte, loadRelease, verify } from './release.ts'

describe('a release with one byte changed', () => {
  it('passed before', async () => {
    expect((await verify(loadRelease())).verdict).toBe('pass')
  })

  it.each<[string, CheckName, string]>([
    ['outputs/trained_model.keras', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['outputs/metrics.json', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['outputs/model-summary.json', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['outputs/preprocessing.json', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['outputs/dataset-manifest.json', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['inputs/dataset', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['inputs/model', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['inputs/definition', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['inputs/job.json', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['environment.json', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['logs.txt', 'artifact-digests', 'DIGEST_MISMATCH'],
    ['aibom.sig', 'bom-signature', 'SIGNATURE_INVALID'],
  ])('%s: %s says %s', async (name, check, code) => {
    const files = loadRelease()
    flipByte(files, name)
    await expectFailure(files, { [check]: code })
  })

  it.each(['aibom.json', 'layout.json', 'provenance.intoto.jsonl'])('%s: its own signature fails', async (name) => {
    const files = loadRelease()
    flipByte(files, name)
    const report = await verify(files)
    const check = { 'aibom.json': 'bom-signature', 'layout.json': 'layout-signature' }[name] ?? 'provenance'
    expect(report.verdict).toBe('fail')
    expect(report.checks.find((result) => result.name === check)?.status).toBe('fail')
  })
})
