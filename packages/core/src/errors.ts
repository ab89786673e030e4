/** The one error hierarchy: six classes named after whose problem it is, with stable codes. @module */

import type {
  ArtifactErrorDetails,
  ConfigErrorDetails,
  CryptoErrorDetails,
  ParseErrorDetails,
  TrainingErrorDetails,
  VerificationErrorDetails,
} from './error-codes.ts'

/**
 * What every error of ours has in common: a stable `code`, the facts in `detail`, and a message for people.
 *
 * Messages never hold secrets (tokens, private keys, payloads). `code` and `detail` are public API; the prose is not.
 */
export abstract class SdkError<Code extends string = string, Detail = unknown> extends Error {
  /** Stable, never renamed, never reused. */
  readonly code: Code
  /** The facts, typed per code. */
  readonly detail: Detail

  constructor(code: Code, message: string, detail: Detail, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.detail = detail
  }
}

/** A document is not what it has to be: the problem of whoever wrote it. */
export class ParseError<Code extends keyof ParseErrorDetails = keyof ParseErrorDetails> extends SdkError<
  Code,
  ParseErrorDetails[Code]
> {}

/** A claim is false: a signature, a digest, a rule, an expiry. */
export class VerificationError<
  Code extends keyof VerificationErrorDetails = keyof VerificationErrorDetails,
> extends SdkError<Code, VerificationErrorDetails[Code]> {}

/** A key or an algorithm cannot be used. */
export class CryptoError<Code extends keyof CryptoErrorDetails = keyof CryptoErrorDetails> extends SdkError<
  Code,
  CryptoErrorDetails[Code]
> {}

/** A store cannot give or take bytes. */
export class ArtifactError<Code extends keyof ArtifactErrorDetails = keyof ArtifactErrorDetails> extends SdkError<
  Code,
  ArtifactErrorDetails[Code]
> {}

/** A training run failed or was refused. */
export class TrainingError<Code extends keyof TrainingErrorDetails = keyof TrainingErrorDetails> extends SdkError<
  Code,
  TrainingErrorDetails[Code]
> {}

/** The program was put together or configured wrongly. */
export class ConfigError<Code extends keyof ConfigErrorDetails = keyof ConfigErrorDetails> extends SdkError<
  Code,
  ConfigErrorDetails[Code]
> {}
