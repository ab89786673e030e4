/** The catalogue of error codes: per class, each code with the facts it carries. Public API: never renamed, never reused. @module */

/** Where in a document something is wrong. `path` is a JSON Pointer or a dotted path; empty for the document itself. */
export interface Problem {
  readonly path: string
  readonly expected: string
  readonly got: string
}

/** A document with one or more problems, all of them named. */
export interface DocumentProblems {
  readonly document: string
  readonly problems: readonly Problem[]
}

/** A limit, and what went past it. */
export interface LimitFacts {
  readonly what: string
  readonly limit: number
  readonly actual: number
}

/** Codes of `ParseError`. */
export interface ParseErrorDetails {
  /** Not JSON, or JSON with something refused (duplicate key, bad UTF-8, unsafe number). `offset` counts UTF-16 units. */
  JSON_INVALID: { readonly reason: string; readonly offset: number }
  /** More bytes, depth or entries than the caller allows. */
  LIMIT_EXCEEDED: LimitFacts
  /** Not hex, base64, UTF-8, PEM or whatever `encoding` names. */
  ENCODING_INVALID: { readonly encoding: string }
  /** A time that is not RFC 3339 in UTC. */
  TIMESTAMP_INVALID: { readonly value: string }
  /** A value that has no canonical form (lone surrogate, unsafe integer, float where none may be). */
  NOT_CANONICALIZABLE: { readonly path: string; readonly reason: string }
  /** A document that does not have the shape its kind demands. */
  DOCUMENT_INVALID: DocumentProblems
  /** A key that cannot be read. */
  KEY_INVALID: { readonly reason: string }
  /** A dataset definition with problems. */
  DEFINITION_INVALID: DocumentProblems
  /** A training parameter out of range or of the wrong type. */
  PARAMETER_INVALID: DocumentProblems
  /** A file of a format that is not taken, with the way out. */
  FORMAT_UNSUPPORTED: { readonly file: string; readonly expected: string; readonly got: string }
}

/** Codes of `VerificationError`. */
export interface VerificationErrorDetails {
  /** Bytes do not have the digest they must have. */
  DIGEST_MISMATCH: { readonly name: string; readonly expected: string; readonly actual: string }
  /** Too few of the allowed keys made a valid signature. */
  SIGNATURE_THRESHOLD: { readonly subject: string; readonly required: number; readonly verified: number }
  /** A signature is there and false. */
  SIGNATURE_INVALID: { readonly subject: string; readonly keyid: string }
  /** An envelope carries another payload type than asked for. */
  PAYLOAD_TYPE_MISMATCH: { readonly expected: string; readonly actual: string }
  /** A key is not known, not valid at the time, revoked, or not of the role. */
  KEY_NOT_TRUSTED: { readonly keyid: string; readonly reason: string }
  /** A trust root older than the one held, by version or by date, or of the same version with other bytes. */
  TRUST_ROOT_ROLLBACK: { readonly held: number; readonly offered: number }
  /** A new trust root whose predecessor the holder has not seen. */
  TRUST_ROOT_SKIPPED: { readonly held: number; readonly offered: number }
  /** A new trust root that the holder's owners did not sign for. */
  TRUST_ROOT_NOT_SIGNED: { readonly required: number; readonly verified: number; readonly by: 'held' | 'offered' }
  /** A layout past its end. */
  LAYOUT_EXPIRED: { readonly expires: string; readonly at: string }
  /** A layout feature that is refused by name until it is there. */
  LAYOUT_UNSUPPORTED: { readonly feature: string; readonly name: string }
  /** A step has no link, or too few that count. */
  LINK_MISSING: { readonly step: string; readonly required: number; readonly found: number }
  /** A link whose content contradicts its step, its file name or another functionary's link. */
  LINK_INVALID: { readonly step: string; readonly reason: string }
  /** Links of one step that report different artifacts. */
  LINKS_DISAGREE: { readonly step: string; readonly keyids: readonly string[] }
  /** An artifact rule is broken. */
  RULE_VIOLATED: { readonly item: string; readonly rule: string; readonly artifacts: readonly string[] }
  /** A step's process ended with something other than 0. */
  COMMAND_FAILED: { readonly step: string; readonly returnValue: string }
  /** A step ran another command than the layout expects. */
  COMMAND_MISMATCH: { readonly step: string; readonly expected: readonly string[]; readonly actual: readonly string[] }
  /** A BOM that is not valid under the CycloneDX schema. */
  BOM_SCHEMA: DocumentProblems
  /** A BOM that the schema accepts and that is wrong all the same. */
  BOM_LINT: DocumentProblems
  /** Two pieces of evidence say different things. */
  EVIDENCE_MISMATCH: { readonly what: string; readonly expected: string; readonly actual: string }
  /** A file that a release must have is not there. */
  RELEASE_FILE_MISSING: { readonly name: string }
  /** A file that a release must not have. */
  RELEASE_FILE_UNEXPECTED: { readonly name: string }
  /** A release file that cannot be read for what it is. */
  RELEASE_FILE_INVALID: { readonly name: string; readonly code: string; readonly reason: string }
  /** A bearer token that is not believed. `reason` is one of few words, never a part of the token. */
  TOKEN_REFUSED: { readonly reason: string }
  /** A URL for one artifact that was not made here, not for it, or has run out. */
  LINK_REFUSED: { readonly reason: 'signature' | 'expired' }
  /** An API token that is not there, or not the caller's to see. */
  TOKEN_NOT_FOUND: { readonly id: string }
  /** Somebody known who asks for what is not theirs to ask for. */
  ACCESS_DENIED: { readonly reason: string }
  /** Somebody who asks more often than one may. */
  RATE_LIMITED: { readonly retryAfterSeconds: number }
  /** An audit log that is not the one that was written. `line` counts from 1. */
  AUDIT_LOG_BROKEN: {
    readonly line: number
    readonly fault: 'malformed' | 'changed' | 'missing' | 'reordered' | 'truncated'
  }
}

/** Codes of `CryptoError`. */
export interface CryptoErrorDetails {
  ALGORITHM_UNSUPPORTED: { readonly algorithm: string }
  PASSPHRASE_REQUIRED: Readonly<Record<string, never>>
  PASSPHRASE_WRONG: Readonly<Record<string, never>>
  KEY_FILE_EXISTS: { readonly path: string }
  SIGNING_FAILED: { readonly keyid: string }
  /** An identity provider whose keys cannot be had just now: its tokens can be neither believed nor refused. */
  PROVIDER_KEYS_UNAVAILABLE: { readonly issuer: string; readonly reason: string }
}

/** Codes of `ArtifactError`. */
export interface ArtifactErrorDetails {
  ARTIFACT_NOT_FOUND: { readonly sha256: string }
  ARTIFACT_TOO_LARGE: { readonly maxBytes: number }
  /** What was written or read is not what its digest says. */
  ARTIFACT_CORRUPT: { readonly expected: string; readonly actual: string }
  RANGE_INVALID: { readonly start: number; readonly end: number; readonly sizeBytes: number }
  STORE_UNAVAILABLE: { readonly reason: string }
  FILE_UNREADABLE: { readonly path: string; readonly reason: string }
  OUTPUT_EXISTS: { readonly path: string }
  OUTPUT_UNWRITABLE: { readonly path: string; readonly reason: string }
  /** The database cannot be reached, or a connection to it was cut. */
  DATABASE_UNAVAILABLE: { readonly reason: string }
  /** A server of the platform that does not answer, or whose answer broke off. */
  SERVER_UNREACHABLE: { readonly url: string; readonly reason: string }
  /** A server of the platform that answered with an error; `code` is the one that it gave, where it gave one. */
  SERVER_REFUSED: {
    readonly url: string
    readonly status: number
    readonly code?: string
    readonly problems?: readonly Problem[]
  }
}

/** Codes of `TrainingError`. */
export interface TrainingErrorDetails {
  /** A `.keras` archive that cannot be read. */
  MODEL_INVALID: { readonly reason: string }
  /** A class, loss, metric, optimizer or option that is refused by name before a weight is read. */
  MODEL_UNSUPPORTED: { readonly kind: string; readonly name: string; readonly where: string }
  /** A model without `compile_config`. */
  MODEL_NOT_COMPILED: Readonly<Record<string, never>>
  /** Model, definition and data do not fit each other. */
  SHAPE_MISMATCH: { readonly what: string; readonly expected: string; readonly got: string }
  /** A data set that cannot be read, with row and column where there are any. */
  DATASET_INVALID: { readonly reason: string; readonly row?: number; readonly column?: string; readonly file?: string }
  /** A split that leaves a part empty that was asked for. */
  SPLIT_EMPTY: { readonly part: 'train' | 'validation'; readonly rows: number; readonly validationSplit: number }
  /** Loss or weights became NaN or infinite. */
  TRAINING_DIVERGED: { readonly epoch: number; readonly metric: string }
  /** A backend that cannot be had here. */
  BACKEND_UNAVAILABLE: { readonly backend: string; readonly reason: string }
  /** An isolation level that cannot be had here. */
  ISOLATION_UNAVAILABLE: { readonly required: string; readonly reason: string }
  /** Stopped on request. */
  CANCELLED: Readonly<Record<string, never>>
  /** Past its wall-clock, memory or output limit. */
  LIMIT_REACHED: LimitFacts
  /** The training child died without saying why. */
  CHILD_DIED: { readonly exitCode: number | null; readonly signal: string | null }
  /** The training child broke its protocol or wrote something that is no output. */
  CHILD_PROTOCOL: { readonly reason: string }
  /** A user has as many jobs queued and running as they may. */
  QUOTA_EXCEEDED: { readonly limit: number; readonly actual: number }
  /** There is no such job. */
  JOB_NOT_FOUND: { readonly jobId: string }
  /** The job is not in a state in which that can be done. */
  JOB_STATE: { readonly jobId: string; readonly state: string; readonly expected: readonly string[] }
  /** The attempt is not the one that counts (any more): another worker has the job, or it has ended. */
  ATTEMPT_SUPERSEDED: { readonly jobId: string; readonly attempt: number }
  /** The infrastructure failed at every attempt: a dead letter, for an operator to look at. */
  RETRIES_EXHAUSTED: { readonly jobId: string; readonly attempts: number }
}

/** Codes of `ConfigError`. */
export interface ConfigErrorDetails {
  CONFIG_INVALID: DocumentProblems
  HOME_INCOMPLETE: { readonly path: string; readonly missing: readonly string[] }
  /** Another process changed AIBOMGEN_HOME meanwhile. */
  HOME_CHANGED: { readonly path: string }
  TRUST_ROOT_MISSING: { readonly looked: readonly string[] }
  USAGE: { readonly argument: string; readonly reason: string }
  /** Another process has the embedded database open. */
  DATABASE_LOCKED: { readonly directory: string; readonly pid: number }
  /** This machine's clock is not the platform's. Ahead is positive. */
  CLOCK_SKEWED: { readonly skewSeconds: number; readonly maxSeconds: number }
}
