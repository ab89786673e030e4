/** Signs a statement with a key of its own, verifies it, and shows that one changed byte is found. @module */

import { randomBytes } from 'node:crypto'

import {
  createEd25519Signer,
  parseEnvelope,
  serializeEnvelope,
  signEnvelope,
  utf8Decode,
  utf8Encode,
  VerificationError,
  verifyEnvelope,
} from '@aibomgen/core'

const payloadType = 'application/vnd.example+json'
const signer = await createEd25519Signer(randomBytes(32))

// The signer's side: an envelope, as a file.
const envelope = await signEnvelope({ payloadType, payload: utf8Encode('{"model":"wine"}') }, [signer])
const file = serializeEnvelope(envelope)

// The verifier's side: the file, and a public key that it held before.
const trustedKeys = [signer.publicKey]
const payload = await verifyEnvelope(parseEnvelope(file), trustedKeys, { payloadType })
console.log(`signed by ${signer.publicKey.keyid.slice(0, 8)}: ${utf8Decode(payload)}`)

const forged = { ...envelope, payload: utf8Encode('{"model":"beer"}') }
try {
  await verifyEnvelope(forged, trustedKeys, { payloadType })
  process.exitCode = 1
} catch (error) {
  if (!(error instanceof VerificationError)) throw error
  console.log(`forged: ${error.code}`)
}
