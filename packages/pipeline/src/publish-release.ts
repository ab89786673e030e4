/** Publish: every blob into the store, the index last, so that a release is whole or absent. @module */

import { RELEASE_INDEX_NAME, sha256Hex, type ArtifactDescriptor, type ArtifactStore } from '@aibomgen/core'
import { serializeReleaseIndex } from '@aibomgen/verify'

import type { Evidence } from './issue.ts'
import { storeBytes } from './store-bytes.ts'

/** A published release: all its files are in the store, under the digests that its index says. */
export interface Release {
  readonly jobId: string
  readonly index: ArtifactDescriptor
  /** All files of the release but the index. */
  readonly files: readonly ArtifactDescriptor[]
}

/** What is published. */
export interface PublishOptions {
  /** False leaves model and data set as they were submitted out of the release. */
  readonly includeInputs: boolean
}

const WITHHELD_INPUTS: ReadonlySet<string> = new Set(['inputs/model', 'inputs/dataset'])

/** Puts the evidence into the store beside the artifacts that are there already, and the index after all of it. */
export async function publishRelease(
  evidence: Evidence,
  store: ArtifactStore,
  { includeInputs }: PublishOptions,
): Promise<Release> {
  const { jobId } = evidence
  const artifacts = evidence.artifacts.filter(({ name }) => includeInputs || !WITHHELD_INPUTS.has(name))
  const documents: ArtifactDescriptor[] = []
  for (const { name, bytes } of evidence.documents) documents.push({ name, ...(await storeBytes(store, bytes)) })

  const files = [...artifacts, ...documents]
  const index = serializeReleaseIndex({ jobId, files })
  await storeBytes(store, index)
  return { jobId, files, index: { name: RELEASE_INDEX_NAME, sha256: sha256Hex(index), sizeBytes: index.length } }
}
