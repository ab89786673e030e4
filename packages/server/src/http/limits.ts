/** How much of what a stranger sends is taken. @module */

import { MAX_BOM_BYTES } from '@aibomgen/bom'
import { ArtifactError } from '@aibomgen/core'
import type { InputLimits } from '@aibomgen/pipeline'
import { MAX_DEFINITION_BYTES } from '@aibomgen/trainer/job'

/** The largest text field of a form: 16 384 characters of four bytes. */
export const MAX_TEXT_BYTES = 65_536
/** The largest link that is read. */
export const MAX_LINK_BYTES: number = 16 * 1024 * 1024
/** Parts of a form: all that any form of ours knows fit, and nobody needs more. */
export const MAX_FORM_PARTS = 64
/** Bytes of one part's headers. */
export const MAX_PART_HEADER_BYTES = 8192
/** The longest file name, in characters, as a job record takes it. */
export const MAX_FILE_NAME_CHARACTERS = 1024

/** The largest files that are taken, in bytes, by the names of their form fields. */
export interface UploadLimits {
  readonly model: number
  readonly dataset: number
  readonly dataset_definition: number
  readonly link_file: number
  readonly bom_file: number
  /** A file that is only hashed: it takes time, and no room. */
  readonly uploaded_file: number
}

/** Limits of every field, from those that the operator sets. A file that came out of a training fits wherever it went in. */
export function uploadLimitsOf(inputs: InputLimits): UploadLimits {
  return {
    model: inputs.model,
    dataset: inputs.dataset,
    dataset_definition: MAX_DEFINITION_BYTES,
    link_file: MAX_LINK_BYTES,
    bom_file: MAX_BOM_BYTES,
    uploaded_file: Math.max(inputs.model, inputs.dataset),
  }
}

/**
 * The bytes, as long as there are not too many.
 *
 * Throws ArtifactError `ARTIFACT_TOO_LARGE` when there are.
 */
export async function* boundBytes(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const part of bytes) {
    sizeBytes += part.length
    if (sizeBytes > maxBytes) {
      throw new ArtifactError('ARTIFACT_TOO_LARGE', `expected at most ${maxBytes} bytes, got more`, { maxBytes })
    }
    yield part
  }
}
