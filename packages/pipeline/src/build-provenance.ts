/** The SLSA provenance of a run: for tools that read it. It adds no trust to the links. @module */

import {
  BUILDER_ID_BASE,
  TRAINING_BUILD_TYPE,
  type ArtifactDescriptor,
  type JobRecord,
  type JsonObject,
  type KeyId,
} from '@aibomgen/core'
import type { TrainingFacts } from '@aibomgen/bom'
import { buildProvenanceStatement, type Statement, type Subject } from '@aibomgen/intoto'

/** The statement about a run's outputs and its AIBoM. No SLSA level is claimed. */
export function buildProvenance(
  facts: TrainingFacts,
  record: JobRecord,
  aibom: ArtifactDescriptor,
  issuerKeyid: KeyId,
): Statement {
  return buildProvenanceStatement([...Object.values({ ...facts.outputs }), aibom].map(describeArtifact), {
    buildDefinition: {
      buildType: TRAINING_BUILD_TYPE,
      // A job record is a JSON document; its type only says more of it.
      externalParameters: record as unknown as JsonObject,
      resolvedDependencies: Object.values({ ...facts.inputs }).map(describeArtifact),
    },
    runDetails: {
      builder: { id: `${BUILDER_ID_BASE}${issuerKeyid}` },
      metadata: { invocationId: facts.jobId, startedOn: facts.startedAt, finishedOn: facts.endedAt },
    },
  })
}

function describeArtifact({ name, sha256 }: ArtifactDescriptor): Subject {
  return { name, digest: { sha256 } }
}
