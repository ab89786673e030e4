/** Verifying a DSSE envelope. @module */

import { VerificationError } from '../errors.ts'
import { verifySignature, type KeyId, type PublicKey } from '../key.ts'
import { markVerified, type Verified } from '../verified.ts'
import type { Envelope } from './envelope.ts'
import { pae } from './pae.ts'

/** What an envelope has to be for its payload to be believed. */
export interface EnvelopeDemands {
  readonly payloadType: string
  /** How many different keys must have signed. At least 1; 1 unless said otherwise. */
  readonly threshold?: number
}

/**
 * The envelope's payload, once enough of `keys` have signed it. One key counts once, however many signatures and
 * keyids it comes under; signatures by other keys are passed over.
 *
 * @param keys - held by the verifier before it saw the envelope
 * @throws VerificationError `PAYLOAD_TYPE_MISMATCH`, `SIGNATURE_THRESHOLD`
 * @see DSSE protocol v1.0, "Verification"
 */
export async function verifyEnvelope(
  envelope: Envelope,
  keys: readonly PublicKey[],
  { payloadType, threshold = 1 }: EnvelopeDemands,
): Promise<Verified<Uint8Array>> {
  if (!Number.isInteger(threshold) || threshold < 1)
    throw new TypeError(`threshold must be at least 1, got ${threshold}`)
  if (envelope.payloadType !== payloadType) {
    const message = `expected payload type ${payloadType}, got ${JSON.stringify(envelope.payloadType)}`
    throw new VerificationError('PAYLOAD_TYPE_MISMATCH', message, {
      expected: payloadType,
      actual: envelope.payloadType,
    })
  }
  const verified = (await findSigners(envelope, keys)).size
  if (verified < threshold) {
    throw new VerificationError(
      'SIGNATURE_THRESHOLD',
      `${payloadType}: expected signatures by ${threshold} of ${keys.length} trusted keys, got ${verified}`,
      { subject: payloadType, required: threshold, verified },
    )
  }
  return markVerified(envelope.payload)
}

/** Which of `keys` made a valid signature of the envelope. */
export async function findSigners(envelope: Envelope, keys: readonly PublicKey[]): Promise<ReadonlySet<KeyId>> {
  const message = pae(envelope.payloadType, envelope.payload)
  const attempts = envelope.signatures.flatMap(({ keyid, signature }) =>
    keys
      .filter((key) => keyid === undefined || keyid === '' || keyid === key.keyid || keyid === key.legacyKeyid)
      .map(async (key) => ((await verifySignature(key, message, signature)) ? [key.keyid] : [])),
  )
  return new Set((await Promise.all(attempts)).flat())
}
