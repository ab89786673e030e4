/** `NAME.aibundle`: all evidence of a release in one JSON document. Never the model, never the data. @module */

import {
  canonicalizeJson,
  EVIDENCE_BUNDLE_TYPE,
  fromBase64,
  parseArtifactName,
  parseJson,
  parseWith,
  sha256Hex,
  toBase64,
} from '@aibomgen/core'
import * as z from 'zod'

import type { ReleaseReader } from './release-reader.ts'

/** The files of a bundle by name. */
export type EvidenceBundle = ReadonlyMap<string, Uint8Array>

/** The largest JSON or log file that goes into a bundle. */
export const MAX_BUNDLED_FILE_BYTES: number = 16 * 1024 * 1024
/** The largest bundle that is read. */
export const MAX_BUNDLE_BYTES: number = 256 * 1024 * 1024

const BUNDLED = /\.(json|jsonl|link|sig|txt)$/

const bundleSchema = z.strictObject({
  _type: z.literal(EVIDENCE_BUNDLE_TYPE),
  files: z.record(z.string(), z.string()),
})

/** Whether a file of a release belongs in its bundle: evidence, and every JSON and log file up to 16 MiB. */
export function isBundled(name: string, sizeBytes: number): boolean {
  return BUNDLED.test(name) && sizeBytes <= MAX_BUNDLED_FILE_BYTES
}

/**
 * The bundle that `bytes` spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `ENCODING_INVALID`
 */
export function parseEvidenceBundle(bytes: Uint8Array): EvidenceBundle {
  const value = parseJson(bytes, { maxBytes: MAX_BUNDLE_BYTES, document: 'evidence bundle' })
  const { files } = parseWith(bundleSchema, value, 'evidence bundle')
  return new Map(Object.entries(files).map(([name, base64]) => [parseArtifactName(name), fromBase64(base64)]))
}

/** The bundle's bytes: canonical JSON, so that the same files make the same bundle. */
export function serializeEvidenceBundle(bundle: EvidenceBundle): Uint8Array {
  const files = Object.fromEntries([...bundle].map(([name, bytes]) => [name, toBase64(bytes)]))
  return canonicalizeJson({ _type: EVIDENCE_BUNDLE_TYPE, files })
}

/** A bundle, to be verified as a release. */
export function createBundleReader(bundle: EvidenceBundle): ReleaseReader {
  return {
    names: () => Promise.resolve([...bundle.keys()].sort()),
    read: (name) => Promise.resolve(bundle.get(name)),
    identify: (name) => {
      const bytes = bundle.get(name)
      return Promise.resolve(bytes && { sha256: sha256Hex(bytes), sizeBytes: bytes.length })
    },
  }
}
