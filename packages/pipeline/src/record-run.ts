/** Record: the worker signs what it saw of the run, as the `run_training` link. @module */

import { NOT_SCANNED_NAME, VULNERABILITIES_NAME, type Signer } from '@aibomgen/core'
import { createLink, linkFileName, signMetablock, type Link } from '@aibomgen/intoto'

import type { SignedFile } from './submit-job.ts'
import type { TrainedJob } from './train.ts'

/**
 * A run on record: two signed files, and nothing besides. All that an issuer may know of a run is what it finds in the
 * store by the digests in them.
 */
export interface RecordedRun {
  /** The `submit_inputs` link. */
  readonly receipt: SignedFile
  /** The `run_training` link. */
  readonly link: SignedFile
}

/** Signs the run's link. */
export async function recordRun(trained: TrainedJob, workerSigner: Signer): Promise<RecordedRun> {
  const link = describeRunAsLink(trained)
  return {
    receipt: trained.staged.job.receipt,
    link: {
      name: linkFileName(link.name, workerSigner.publicKey.keyid),
      bytes: await signMetablock(link, [workerSigner]),
    },
  }
}

/**
 * The link of a run. Products are what repeats bit for bit, so that two workers can agree on them; what only this run
 * saw stands in the byproducts, by digest, and why nobody scanned where nobody did.
 */
export function describeRunAsLink(trained: TrainedJob): Link {
  const { staged, outputs, byproducts, command, returnValue, isolation, notScanned } = trained
  const findings = byproducts[VULNERABILITIES_NAME]
  return createLink({
    name: 'run_training',
    command,
    materials: Object.values(staged.materials),
    products: Object.values(outputs),
    byproducts: {
      'return-value': returnValue,
      'environment.json': { sha256: byproducts['environment.json'].sha256 },
      'logs.txt': { sha256: byproducts['logs.txt'].sha256 },
      ...(findings && { [VULNERABILITIES_NAME]: { sha256: findings.sha256 } }),
      ...(notScanned !== undefined && { [NOT_SCANNED_NAME]: notScanned }),
    },
    environment: { isolation: isolation.name, keys: isolation.keys },
  })
}
