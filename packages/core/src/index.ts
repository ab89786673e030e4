/** Digests, keys, signing, DSSE, canonical JSON, trust root, ports and errors. @module */

export { acceptTrustRoot, assertNoRollback } from './accept-trust-root.ts'
export { parseArtifactName, type ArtifactDescriptor } from './artifact.ts'
export type { ArtifactReader, ArtifactStore, ByteRange, PutOptions, StoredArtifact } from './artifact-store.ts'
export {
  assertWithin,
  bytesEqual,
  collectBytes,
  concatBytes,
  fromBase64,
  fromHex,
  toBase64,
  toBase64Url,
  toHex,
  utf8Decode,
  utf8Encode,
} from './bytes.ts'
export { canonicalizeJson } from './canonical-json.ts'
export {
  datasetFileLeaf,
  describeDatasetEntry,
  MAX_DATASET_LEAF_BYTES,
  MAX_DATASET_PROOF_BYTES,
  parseDatasetProof,
  serializeDatasetProof,
  verifyDatasetProof,
  type DatasetEntry,
  type DatasetFile,
  type DatasetProof,
  type DatasetRecord,
  type DatasetRoot,
  type DatasetRow,
  type DatasetValues,
} from './dataset-proof.ts'
export {
  createSha256,
  digestStream,
  parseSha256Hex,
  sha256Hex,
  sha256HexSchema,
  sha512Hex,
  type BytesIdentity,
  type Sha256Hasher,
  type Sha256Hex,
} from './digest.ts'
export {
  BUILDER_ID_BASE,
  BYPRODUCT_NAMES,
  ENVIRONMENT_REPORT_TYPE,
  DATASET_PROOF_TYPE,
  EVIDENCE_BUNDLE_TYPE,
  EVIDENCE_NAMES,
  INPUT_NAMES,
  JOB_RECORD_TYPE,
  NOT_SCANNED_NAME,
  OUTPUT_NAMES,
  RELEASE_INDEX_NAME,
  RELEASE_INDEX_TYPE,
  STEP_NAMES,
  TRAINING_BUILD_TYPE,
  TRAINING_COMMAND,
  TRUST_ROOT_PAYLOAD_TYPE,
  TRUST_ROOT_TYPE,
  URI_BASE,
  VULNERABILITIES_NAME,
  type InputName,
  type OutputName,
  type StepName,
} from './documents.ts'
export {
  envelopeFromJson,
  MAX_ENVELOPE_BYTES,
  MAX_SIGNATURES,
  parseEnvelope,
  serializeEnvelope,
  type Envelope,
  type EnvelopeSignature,
} from './dsse/envelope.ts'
export { pae } from './dsse/pae.ts'
export { signEnvelope } from './dsse/sign-envelope.ts'
export { findSigners, verifyEnvelope, type EnvelopeDemands } from './dsse/verify-envelope.ts'
export type {
  ArtifactErrorDetails,
  ConfigErrorDetails,
  CryptoErrorDetails,
  DocumentProblems,
  LimitFacts,
  ParseErrorDetails,
  Problem,
  TrainingErrorDetails,
  VerificationErrorDetails,
} from './error-codes.ts'
export {
  ArtifactError,
  ConfigError,
  CryptoError,
  ParseError,
  SdkError,
  TrainingError,
  VerificationError,
} from './errors.ts'
export {
  parseJobRecord,
  serializeJobRecord,
  type JobFileRole,
  type JobRecord,
  type ParameterValue,
  type SubmittedFile,
} from './job-record.ts'
export {
  JsonFloat,
  parseJson,
  type ExactJsonObject,
  type ExactJsonValue,
  type JsonObject,
  type JsonOptions,
  type JsonValue,
} from './json.ts'
export {
  fromPem,
  publicKeyFromBytes,
  publicKeyFromJwk,
  publicKeyFromPem,
  publicKeyFromSecuresystemslib,
  publicKeyToJwk,
  publicKeyToPem,
  publicKeyToSecuresystemslib,
  toPem,
  verifySignature,
  type Ed25519Jwk,
  type KeyId,
  type PublicKey,
  type SecuresystemslibKey,
} from './key.ts'
export { findTenure, keysInForce, ownersInForce, requireKeyInForce } from './keys-in-force.ts'
export {
  createMerkleProver,
  createMerkleTree,
  verifyMerkleProof,
  type MerkleProof,
  type MerkleProver,
  type MerkleRoot,
  type MerkleTreeHasher,
} from './merkle-tree.ts'
export { isReason, MAX_REASON_LENGTH, toReason } from './reason.ts'
export { createEd25519Signer, seedFromPem, seedToPem, type Signer } from './signer.ts'
export { addDays, compareTimestamps, parseTimestamp, toTimestamp, type Clock, type Timestamp } from './time.ts'
export {
  parseTrustRoot,
  ROLES,
  signTrustRoot,
  type FunctionaryTenure,
  type KeyTenure,
  type Role,
  type SignedTrustRoot,
  type TrustRoot,
} from './trust-root.ts'
export { markVerified, type Verified } from './verified.ts'
export { describeProblems, describeValue, describeZodError, parseWith, type DocumentErrorCode } from './zod-problems.ts'
