/** Build, validate, lint, sign and verify CycloneDX AI Bills of Materials. @module */

export { buildAibom, type Aibom, type BuildOptions } from './build-aibom.ts'
export type {
  BackendFacts,
  CheckoutFacts,
  ContainerFacts,
  CpuFacts,
  DiskFacts,
  EnforcementFacts,
  EnvironmentFacts,
  GpuFacts,
  IsolationFacts,
  MemoryFacts,
  Observed,
  OperatingSystemFacts,
  PackageFacts,
  TrainerFacts,
} from './environment-facts.ts'
export { openJsf, signJsf, type JsfSignature } from './jsf.ts'
export { lintBom } from './lint.ts'
export type { LintFinding, LintSeverity } from './lint/finding.ts'
export type {
  ChannelFacts,
  ColumnFacts,
  DatasetFacts,
  FeatureFacts,
  LayerFacts,
  MerkleFacts,
  ModelFacts,
  OptimizerFacts,
  ParameterCounts,
  ShapeFacts,
  TensorFacts,
  ValueCountFacts,
} from './model-facts.ts'
export { PROPERTY_NAMES, PROPERTY_PREFIXES } from './property-names.ts'
export { readAibomClaims, type AibomClaims } from './read-aibom.ts'
export { serializeAibom } from './serialize-aibom.ts'
export { signAibom, type SignedAibom } from './sign.ts'
export type {
  EvidenceFacts,
  EvidenceFile,
  InputArtifact,
  Manufacturer,
  ModelArtifact,
  RunByproducts,
  RunInputs,
  RunOutputs,
  TrainingFacts,
  VulnerabilityFacts,
  Withholdable,
} from './training-facts.ts'
export { SPEC_VERSIONS, validateBom, type SpecVersion } from './validate.ts'
export { MAX_BOM_BYTES, parseBom, verifyBomSignature, verifyDetachedSignature } from './verify.ts'
