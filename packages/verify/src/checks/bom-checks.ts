/** The checks of the AIBoM by itself: valid, signed twice, and sound. @module */

import {
  describeProblems,
  describeValue,
  keysInForce,
  requireKeyInForce,
  VerificationError,
  type JsonObject,
} from '@aibomgen/core'
import { lintBom, parseBom, validateBom, verifyBomSignature, verifyDetachedSignature } from '@aibomgen/bom'

import type { ChainDemands } from '../chain.ts'
import type { Finding } from '../check-ledger.ts'

/**
 * `bom-schema`: the official CycloneDX schema accepts it.
 *
 * @throws VerificationError `BOM_SCHEMA`; ParseError as `parseBom`
 */
export async function checkBomSchema(bytes: Uint8Array): Promise<Finding<JsonObject>> {
  const bom = parseBom(bytes)
  const problems = validateBom(bom)
  if (problems.length > 0) {
    const detail = { document: 'aibom.json', problems: problems.slice(0, 100) }
    throw new VerificationError('BOM_SCHEMA', describeProblems(detail), detail)
  }
  return { value: bom, evidence: `valid CycloneDX ${describeValue(bom['specVersion'])}` }
}

/**
 * `bom-signature`: the signature inside and the one beside it are by the same issuer, who was in force.
 *
 * @throws VerificationError `SIGNATURE_THRESHOLD`, `SIGNATURE_INVALID`, `KEY_NOT_TRUSTED`; ParseError; CryptoError
 *   `ALGORITHM_UNSUPPORTED`
 */
export async function checkBomSignature(
  bytes: Uint8Array,
  detached: Uint8Array,
  { trustRoot, at }: ChainDemands,
): Promise<Finding<{ readonly issuerKeyid: string }>> {
  // All issuers that the root has ever named: a false signature and a true one out of season are told apart.
  const issuers = trustRoot.keys.filter(({ role }) => role === 'issuer').map(({ key }) => key)
  await verifyBomSignature(bytes, issuers)
  const issuer = await verifyDetachedSignature(bytes, detached, issuers)
  requireKeyInForce(trustRoot, issuer.keyid, 'issuer', at)
  await verifyBomSignature(bytes, [issuer])
  const count = keysInForce(trustRoot, 'issuer', at).length
  return {
    value: { issuerKeyid: issuer.keyid },
    evidence: `issuer ${issuer.keyid.slice(0, 16)}, one of ${count} in force at ${at}`,
  }
}

/**
 * `bom-lint`: nothing in it is wrong that the schema lets pass.
 *
 * @throws VerificationError `BOM_LINT`
 */
export async function checkBomLint(bom: JsonObject): Promise<Finding<undefined>> {
  const findings = lintBom(bom)
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    const problems = errors.map(({ path, expected, got }) => ({ path, expected, got }))
    const detail = { document: 'aibom.json', problems }
    throw new VerificationError('BOM_LINT', describeProblems(detail), detail)
  }
  return { value: undefined, evidence: `no error, ${findings.length} warnings` }
}
