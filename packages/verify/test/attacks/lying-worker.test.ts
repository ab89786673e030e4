/** The worker's own key signs a link that is not true. SPEC section 9, line 1: the original accepted all of these. @module */

import { describe, it } from 'vitest'

import { expectFailure, loadRelease, loadSigner, resignLink, type LinkDraft } from './release.ts'

const EVIL = { sha256: '6'.repeat(64) }

describe('a run_training link, signed again by the worker', () => {
  it.each<[string, string, (link: LinkDraft) => void]>([
    ['a product removed', 'RULE_VIOLATED', ({ products }) => delete products['outputs/metrics.json']],
    ['outputs/evil.sh added', 'RULE_VIOLATED', ({ products }) => (products['outputs/evil.sh'] = EVIL)],
    ['only evil.sh as product', 'RULE_VIOLATED', (link) => (link.products = { 'outputs/evil.sh': EVIL })],
    ['a product changed', 'RULE_VIOLATED', ({ products }) => (products['outputs/trained_model.keras'] = EVIL)],
    ['empty materials', 'RULE_VIOLATED', (link) => (link.materials = {})],
    ['a material removed', 'RULE_VIOLATED', ({ materials }) => delete materials['inputs/dataset']],
    ['a foreign material', 'RULE_VIOLATED', ({ materials }) => (materials['inputs/extra'] = EVIL)],
    ['another data set', 'RULE_VIOLATED', ({ materials }) => (materials['inputs/dataset'] = EVIL)],
    ['the command rm -rf /', 'COMMAND_MISMATCH', (link) => (link.command = ['rm', '-rf', '/'])],
    ['no command', 'COMMAND_MISMATCH', (link) => (link.command = [])],
    ['return-value 1', 'COMMAND_FAILED', ({ byproducts }) => (byproducts['return-value'] = 1)],
    ['no return-value', 'COMMAND_FAILED', ({ byproducts }) => delete byproducts['return-value']],
    ['other logs', 'EVIDENCE_MISMATCH', ({ byproducts }) => (byproducts['logs.txt'] = EVIL)],
  ])('%s: %s', async (_what, code, change) => {
    const files = loadRelease()
    await resignLink(files, 'run_training', await loadSigner('worker'), change)
    await expectFailure(files, { 'artifact-rules': code })
  })
})
