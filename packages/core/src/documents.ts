/** Names and types that our documents share: the one place for URIs and file names of a release. @module */

/** Base of every URI that we coin. */
export const URI_BASE = 'https://aibomgen.dev/'

/** `_type` of `job.json`. */
export const JOB_RECORD_TYPE = 'https://aibomgen.dev/job/v1'
/** `_type` of `release.json`. */
export const RELEASE_INDEX_TYPE = 'https://aibomgen.dev/release/v1'
/** `_type` of an `.aibundle`. */
export const EVIDENCE_BUNDLE_TYPE = 'https://aibomgen.dev/bundle/v1'
/** `_type` of a trust root. */
export const TRUST_ROOT_TYPE = 'https://aibomgen.dev/trust-root/v1'
/** DSSE payload type of a trust root. */
export const TRUST_ROOT_PAYLOAD_TYPE = 'application/vnd.aibomgen.trust-root+json'
/** `_type` of `environment.json`. */
export const ENVIRONMENT_REPORT_TYPE = 'https://aibomgen.dev/environment/v1'
/** `_type` of a proof that something was in a data set. */
export const DATASET_PROOF_TYPE = 'https://aibomgen.dev/dataset-proof/v1'
/** SLSA `buildType` of a training run. */
export const TRAINING_BUILD_TYPE = 'https://aibomgen.dev/training/v1'
/** SLSA `builder.id` of a platform: followed by the issuer's keyid. */
export const BUILDER_ID_BASE = 'https://aibomgen.dev/builder/'

/** The three steps of a job's layout, in order. */
export const STEP_NAMES = ['submit_inputs', 'run_training', 'generate_aibom'] as const
/** One of the three steps. */
export type StepName = (typeof STEP_NAMES)[number]

/** Artifact names of a job's inputs, as links and releases spell them. */
export const INPUT_NAMES = ['inputs/job.json', 'inputs/model', 'inputs/dataset', 'inputs/definition'] as const
/** Artifact names of a job's outputs. All five are always there. */
export const OUTPUT_NAMES = [
  'outputs/trained_model.keras',
  'outputs/metrics.json',
  'outputs/model-summary.json',
  'outputs/preprocessing.json',
  'outputs/dataset-manifest.json',
] as const
/** One of a job's inputs. */
export type InputName = (typeof INPUT_NAMES)[number]
/** One of a job's outputs. */
export type OutputName = (typeof OUTPUT_NAMES)[number]

/** The command that a `run_training` link records: the child's real argv, its two program paths replaced by what they are. */
export const TRAINING_COMMAND = ['node', '@aibomgen/trainer/child', 'inputs/job.json', 'outputs'] as const

/** The signed documents of a release, beside its links. */
export const EVIDENCE_NAMES = ['aibom.json', 'aibom.sig', 'layout.json', 'provenance.intoto.jsonl'] as const
/** What only this run saw: recorded in the `run_training` link's byproducts. */
export const BYPRODUCT_NAMES = ['environment.json', 'logs.txt'] as const
/** What the worker's scanner found in the training environment: a byproduct, too, of a run whose environment was scanned. */
export const VULNERABILITIES_NAME = 'vulnerabilities.json'
/** The byproduct of a run whose environment was not scanned: why, as `toReason` gives it. */
export const NOT_SCANNED_NAME = 'not-scanned'
/** The index of a release: for finding files, never evidence. */
export const RELEASE_INDEX_NAME = 'release.json'
