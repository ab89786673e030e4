/** References from an AIBoM to the signed evidence that was there before it. @module */

import { Enums, Models } from '#cyclonedx-library'

import { createHashes, unfit } from '../cyclonedx/models.ts'
import type { EvidenceFile, TrainingFacts } from '../training-facts.ts'

/** What the comment of a reference says, by the role of the file: `readAibomClaims` goes by it. */
export const EVIDENCE_COMMENTS = {
  submitInputs: 'in-toto link of the step submit_inputs',
  runTraining: 'in-toto link of the step run_training',
  layout: 'in-toto layout',
  vulnerabilities: 'vulnerabilities found in the training environment',
} as const

/** References to links, layout and, where there is one, the vulnerability document, each with its hash. */
export function buildEvidence({ evidence, vulnerabilities }: TrainingFacts): Models.ExternalReferenceRepository {
  if (evidence.runTraining.length === 0) throw unfit('evidence.runTraining', 'at least one link', 'none')
  return new Models.ExternalReferenceRepository([
    attestation(evidence.layout, EVIDENCE_COMMENTS.layout),
    attestation(evidence.submitInputs, EVIDENCE_COMMENTS.submitInputs),
    ...evidence.runTraining.map((link) => attestation(link, EVIDENCE_COMMENTS.runTraining)),
    ...(vulnerabilities.state === 'scanned'
      ? [
          reference(
            vulnerabilities.document,
            EVIDENCE_COMMENTS.vulnerabilities,
            Enums.ExternalReferenceType.VulnerabilityAssertion,
          ),
        ]
      : []),
  ])
}

/** The relative URL of a file beside the AIBoM. */
export function urlOf(name: string): string {
  // The library escapes quotes by itself, and what it changes we refuse.
  return name
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll("'", '%27'))
    .join('/')
}

/** The name of the file that a relative URL refers to: what `urlOf` was given. */
export function nameOf(url: string): string {
  return url.split('/').map(decodeURIComponent).join('/')
}

function attestation(file: EvidenceFile, comment: string): Models.ExternalReference {
  return reference(file, comment, Enums.ExternalReferenceType.Attestation)
}

function reference(
  { name, sha256 }: EvidenceFile,
  comment: string,
  type: Enums.ExternalReferenceType,
): Models.ExternalReference {
  if (name === '') throw unfit(comment, 'a file name', name)
  return new Models.ExternalReference(urlOf(name), type, {
    comment,
    hashes: createHashes([{ alg: 'SHA-256', content: sha256 }], name),
  })
}
