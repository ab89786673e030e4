/** in-toto links, layouts and their verification; attestation Statements and SLSA provenance. @module */

export { applyRules, type ReportedArtifacts } from './apply-rules.ts'
export {
  isNormalPath,
  parseArtifactMap,
  sameArtifacts,
  sameDigests,
  serializeArtifactMap,
  type ArtifactMap,
  type DigestSet,
} from './artifact-map.ts'
export {
  parseArtifactRule,
  serializeArtifactRule,
  type ArtifactRule,
  type ArtifactType,
  type MatchRule,
  type PatternRule,
} from './artifact-rule.ts'
export { compileGlob, type Glob } from './glob.ts'
export { keyIdOf, keyObjectFromPem, legacyKeyIdOf, type KeyObject } from './key-id.ts'
export {
  createLayout,
  parseLayout,
  serializeLayout,
  type Inspection,
  type Layout,
  type LayoutFacts,
  type Step,
  type StepFacts,
} from './layout.ts'
export type { LayoutKey } from './layout-key.ts'
export { createLink, parseLink, serializeLink, type Link, type LinkFacts, type RecordedArtifact } from './link.ts'
export {
  parseMetablock,
  signMetablock,
  verifyMetablockSignatures,
  type Metablock,
  type MetablockOptions,
} from './metablock.ts'
export { canonicalizeOlpc } from './olpc-canonical-json.ts'
export {
  buildProvenanceStatement,
  parseSlsaProvenance,
  SLSA_PROVENANCE_TYPE,
  type BuildDefinition,
  type RunDetails,
  type SlsaProvenance,
} from './predicates/slsa-provenance.ts'
export {
  countFindings,
  describeScanner,
  SEVERITIES,
  signVulnerabilities,
  VULNERABILITIES_TYPE,
  verifyVulnerabilities,
  type Finding,
  type ScannerIdentity,
  type Severity,
  type VulnerabilityScan,
} from './predicates/vulnerabilities.ts'
export {
  buildReproductionStatement,
  parseReproduction,
  REPRODUCTION_TYPE,
  type EnvironmentDifference,
  type NumericDifference,
  type ReproducedOutput,
  type Reproduction,
} from './predicates/reproduction.ts'
export type { ResourceDescriptor, Subject } from './resource-descriptor.ts'
export { IN_TOTO_PAYLOAD_TYPE, parseSignedFile, signDsse, type SignedFile } from './signed-file.ts'
export type { ModelOptions } from './signed-model.ts'
export {
  parseStatement,
  serializeStatement,
  signStatement,
  STATEMENT_TYPE,
  verifyStatement,
  type Statement,
} from './statement.ts'
export {
  assertLayoutInForce,
  judgedLinks,
  verifyArtifactRules,
  verifyLayout,
  verifyLayoutSignature,
  type LayoutPolicy,
  type SupplyChain,
  type VerifiedSupplyChain,
} from './verify-layout.ts'
export {
  assertThresholds,
  collectLinks,
  linkFileName,
  verifyLinkSignatures,
  type DisregardedLink,
  type LinkFiles,
  type StepLink,
  type StepLinks,
  type VerifiedLinks,
} from './verify-links.ts'
