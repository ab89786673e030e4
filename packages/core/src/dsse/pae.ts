/** DSSE pre-authentication encoding. @module */

import { concatBytes, utf8Encode } from '../bytes.ts'

/**
 * The bytes that a DSSE signature covers: type and payload, each with its length, so that no other pair spells the same.
 *
 * @see DSSE protocol v1.0, "Signature Definition"
 */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8Encode(payloadType)
  return concatBytes(utf8Encode(`DSSEv1 ${type.length} `), type, utf8Encode(` ${payload.length} `), payload)
}
