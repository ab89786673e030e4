/** Runs checks one by one, and keeps what they found. @module */

import { CryptoError, ParseError, VerificationError } from '@aibomgen/core'

import { CHECK_NAMES, REPRODUCTION_CHECK, type CheckName, type CheckResult } from './report.ts'

/** What a check that holds gives: a value for later checks, and a line that says what was found. */
export interface Finding<T> {
  readonly value: T
  readonly evidence: string
}

/** The checks of one verification. A check that throws has failed; one whose need failed is skipped. */
export class CheckLedger {
  readonly #results = new Map<CheckName, CheckResult>()

  /**
   * Runs a check and gives its value; undefined when it failed or was skipped.
   *
   * Only errors about what is verified count as findings. Anything else (a disk that cannot be read) is thrown: it says
   * nothing about the release.
   */
  async run<T>(name: CheckName, needs: readonly CheckName[], check: () => Promise<Finding<T>>): Promise<T | undefined> {
    const missing = needs.find((need) => this.#results.get(need)?.status !== 'pass')
    if (missing !== undefined) {
      this.#results.set(name, { name, status: 'skipped', reason: `needs ${missing}, which did not pass` })
      return undefined
    }
    try {
      const { value, evidence } = await check()
      this.#results.set(name, { name, status: 'pass', evidence })
      return value
    } catch (error) {
      if (!isFinding(error)) throw error
      const { code, message, detail } = error
      this.#results.set(name, { name, status: 'fail', code, message, detail })
      return undefined
    }
  }

  /** What every check found, in the order of `CHECK_NAMES`, then what was asked for beyond; one that never ran is skipped. */
  results(): readonly CheckResult[] {
    const asked: readonly CheckName[] = this.#results.has(REPRODUCTION_CHECK) ? [REPRODUCTION_CHECK] : []
    return [...CHECK_NAMES, ...asked].map(
      (name) => this.#results.get(name) ?? { name, status: 'skipped', reason: 'it never ran' },
    )
  }

  /** Whether every check passed, those that were asked for beyond among them. */
  allPassed(): boolean {
    return this.results().every(({ status }) => status === 'pass')
  }
}

function isFinding(error: unknown): error is ParseError | VerificationError | CryptoError {
  return error instanceof ParseError || error instanceof VerificationError || error instanceof CryptoError
}
