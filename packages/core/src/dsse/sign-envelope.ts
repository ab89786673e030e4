/** Signing a DSSE envelope. @module */

import type { Signer } from '../signer.ts'
import type { Envelope } from './envelope.ts'
import { pae } from './pae.ts'

/** The envelope of `payload`, signed by every signer, in their order. */
export async function signEnvelope(
  { payloadType, payload }: Pick<Envelope, 'payloadType' | 'payload'>,
  signers: readonly Signer[],
): Promise<Envelope> {
  const message = pae(payloadType, payload)
  const signatures = await Promise.all(
    signers.map(async (signer) => ({ keyid: signer.publicKey.keyid, signature: await signer.sign(message) })),
  )
  return { payloadType, payload, signatures }
}
