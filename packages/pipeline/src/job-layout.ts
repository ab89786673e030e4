/** The layout of every training job: three steps, who may do them, and what they may read and write. @module */

import {
  INPUT_NAMES,
  keysInForce,
  OUTPUT_NAMES,
  TRAINING_COMMAND,
  type Signer,
  type Timestamp,
  type TrustRoot,
} from '@aibomgen/core'
import { createLayout, signMetablock, type Layout } from '@aibomgen/intoto'

/** The name under which the issuer's link lists the links that it saw. */
export const LINK_MATERIALS = ['links/submit_inputs', 'links/run_training'] as const

/** What the owner decides about a layout. */
export interface JobLayoutFacts {
  /** Its functionaries are those in force at `from`. */
  readonly trustRoot: TrustRoot
  readonly from: Timestamp
  readonly expires: Timestamp
  /** How many workers must get the same outputs. 1 unless said otherwise. */
  readonly workerThreshold?: number
}

/**
 * The layout for the trust root's functionaries. In-toto's REQUIRE looks at what is still in the queue, so it stands
 * before the rule that consumes; every list ends with DISALLOW, so that nothing unnamed passes.
 */
export function buildJobLayout({ trustRoot, from, expires, workerThreshold = 1 }: JobLayoutFacts): Layout {
  return createLayout({
    expires,
    readme: 'A model trained by AIBoMGen: inputs submitted, training run, AIBoM generated.',
    steps: [
      {
        name: 'submit_inputs',
        functionaries: keysInForce(trustRoot, 'intake', from),
        expectedMaterials: [['DISALLOW', '*']],
        expectedProducts: [...rules('REQUIRE', INPUT_NAMES), ...rules('CREATE', INPUT_NAMES), ['DISALLOW', '*']],
      },
      {
        name: 'run_training',
        functionaries: keysInForce(trustRoot, 'worker', from),
        threshold: workerThreshold,
        expectedCommand: TRAINING_COMMAND,
        expectedMaterials: [
          ...rules('REQUIRE', INPUT_NAMES),
          ['MATCH', 'inputs/*', 'WITH', 'PRODUCTS', 'FROM', 'submit_inputs'],
          ['DISALLOW', '*'],
        ],
        expectedProducts: [...rules('REQUIRE', OUTPUT_NAMES), ...rules('CREATE', OUTPUT_NAMES), ['DISALLOW', '*']],
      },
      {
        name: 'generate_aibom',
        functionaries: keysInForce(trustRoot, 'issuer', from),
        expectedMaterials: [
          ...rules('REQUIRE', OUTPUT_NAMES),
          ...rules('REQUIRE', LINK_MATERIALS),
          ['MATCH', 'outputs/*', 'WITH', 'PRODUCTS', 'FROM', 'run_training'],
          ...rules('ALLOW', LINK_MATERIALS),
          ['DISALLOW', '*'],
        ],
        expectedProducts: [
          ['REQUIRE', 'aibom.json'],
          ['CREATE', 'aibom.json'],
          ['DISALLOW', '*'],
        ],
      },
    ],
  })
}

/**
 * The layout's file, signed by the owners. Each signature stands under both keyids of its key: in-toto 1.x looks for an
 * owner under the older one, 2.x under the newer.
 */
export function signJobLayout(layout: Layout, owners: readonly Signer[]): Promise<Uint8Array> {
  return signMetablock(layout, owners, { legacyKeyids: true })
}

function rules(keyword: string, names: readonly string[]): string[][] {
  return names.map((name) => [keyword, name])
}
