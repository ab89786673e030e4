/** Issue: the links are verified, and the AIBoM is built from what they vouch for, and signed. @module */

import {
  sha256Hex,
  type ArtifactDescriptor,
  type ArtifactReader,
  type Clock,
  type Signer,
  type TrustRoot,
} from '@aibomgen/core'
import {
  buildAibom,
  signAibom,
  type Manufacturer,
  type SpecVersion,
  type TrainingFacts,
  type Withholdable,
} from '@aibomgen/bom'
import { createLink, linkFileName, signMetablock, signStatement } from '@aibomgen/intoto'
import { verifySteps } from '@aibomgen/verify'

import { buildProvenance } from './build-provenance.ts'
import { describeRun } from './describe-run.ts'
import { LINK_MATERIALS } from './job-layout.ts'
import { readRunDocuments } from './read-run-documents.ts'
import type { RecordedRun } from './record-run.ts'
import type { SignedFile } from './submit-job.ts'

/** All evidence of a run, and what it is evidence of. */
export interface Evidence {
  readonly jobId: string
  /** Inputs, outputs and byproducts, in the store under these digests. */
  readonly artifacts: readonly ArtifactDescriptor[]
  /** Links, layout, AIBoM, signature and provenance, as they stand in the release. */
  readonly documents: readonly SignedFile[]
}

/** Turns a recorded run into evidence: in process, or a process of its own. */
export interface Issuer {
  /**
   * The evidence of `run`, once its links hold. Nothing is signed when they do not.
   *
   * @throws VerificationError for links that do not hold; ParseError for a document that is not what it should be
   */
  issue(run: RecordedRun): Promise<Evidence>
}

/** What an issuer needs. */
export interface IssuerDeps {
  readonly store: ArtifactReader
  readonly clock: Clock
  readonly signer: Signer
  readonly trustRoot: TrustRoot
  /** The layout in force: the exact bytes that go into every release. */
  readonly layout: Uint8Array
  /** Who answers for the AIBoM. */
  readonly manufacturer: Manufacturer
  readonly toolVersion: string
}

/** What may be decided about an AIBoM. */
export interface IssueOptions {
  readonly specVersion: SpecVersion
  /** What is left out because it may reveal personal data. */
  readonly withheld: readonly Withholdable[]
}

/** An issuer in this process. */
export function createIssuer(deps: IssuerDeps, options: IssueOptions): Issuer {
  return { issue: (run) => issue(run, deps, options) }
}

async function issue(
  { receipt, link: runLink }: RecordedRun,
  deps: IssuerDeps,
  { specVersion, withheld }: IssueOptions,
): Promise<Evidence> {
  const { layout, signer, trustRoot, manufacturer, toolVersion } = deps
  const timestamp = deps.clock.now()
  const files = new Map([receipt, runLink].map(({ name, bytes }) => [name, bytes]))
  const steps = ['submit_inputs', 'run_training'] as const
  const links = await verifySteps({ layout, links: files }, steps, { trustRoot, at: timestamp })

  const documents = await readRunDocuments(links, deps.store)
  const issuing = { timestamp, receipt, runLink, layout, manufacturer, toolVersion, withheld }
  const facts = describeRun(documents, issuing)
  const { bytes, signature } = await signAibom(buildAibom(facts, { specVersion }), signer)
  const aibom = { name: 'aibom.json', sha256: sha256Hex(bytes), sizeBytes: bytes.length }
  const provenance = buildProvenance(facts, documents.record, aibom, signer.publicKey.keyid)
  return {
    jobId: facts.jobId,
    artifacts: [...documents.artifacts.values()],
    documents: [
      receipt,
      runLink,
      await signIssuerLink(facts, aibom, signer),
      { name: 'layout.json', bytes: layout },
      { name: 'aibom.json', bytes },
      { name: 'aibom.sig', bytes: signature },
      { name: 'provenance.intoto.jsonl', bytes: await signStatement(provenance, [signer]) },
    ],
  }
}

/** The `generate_aibom` link: from these outputs and these two links came this AIBoM. */
async function signIssuerLink(facts: TrainingFacts, aibom: ArtifactDescriptor, signer: Signer): Promise<SignedFile> {
  const { submitInputs, runTraining } = facts.evidence
  const link = createLink({
    name: 'generate_aibom',
    materials: [
      ...Object.values({ ...facts.outputs }),
      { name: LINK_MATERIALS[0], sha256: submitInputs.sha256 },
      ...runTraining.map(({ sha256 }) => ({ name: LINK_MATERIALS[1], sha256 })),
    ],
    products: [aibom],
  })
  return { name: linkFileName(link.name, signer.publicKey.keyid), bytes: await signMetablock(link, [signer]) }
}
