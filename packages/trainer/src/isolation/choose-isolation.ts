/** The isolation that a machine's trainings run under. @module */

import { TrainingError } from '@aibomgen/core'

import { ISOLATION_NAMES, type IsolationName } from './isolation-report.ts'
import type { Isolation } from './isolation.ts'

/** What is asked of an isolation. */
export interface IsolationDemands {
  /** This one and no other; the strongest that can be had where left out. */
  readonly name?: IsolationName
  /** The weakest that will do; any where left out. */
  readonly atLeast?: IsolationName
}

/**
 * The strongest of `isolations` that works here, or the one that is asked for. One that does not work is never made up
 * for by a weaker one that was not asked for.
 *
 * @throws TrainingError `ISOLATION_UNAVAILABLE` with why each one that would have done cannot be had
 */
export async function chooseIsolation(
  isolations: readonly Isolation[],
  { name, atLeast = 'process' }: IsolationDemands = {},
): Promise<Isolation> {
  const reasons: string[] = []
  for (const candidate of name === undefined ? ISOLATION_NAMES : [name]) {
    if (isWeaker(candidate, atLeast)) continue
    const isolation = isolations.find((one) => one.name === candidate)
    const reason = isolation === undefined ? 'this program brings nothing for it' : await whyNot(isolation)
    if (isolation !== undefined && reason === undefined) return isolation
    reasons.push(`${candidate}: ${reason}`)
  }
  const required = name ?? atLeast
  const reason =
    reasons.length === 0
      ? `isolation "${atLeast}" or stronger is required, got "${required}"`
      : `isolation "${required}" cannot be had here: ${reasons.join('; ')}`
  throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: atLeast, reason })
}

/** Whether `name` confines less than `other`. */
export function isWeaker(name: IsolationName, other: IsolationName): boolean {
  return ISOLATION_NAMES.indexOf(name) > ISOLATION_NAMES.indexOf(other)
}

async function whyNot(isolation: Isolation): Promise<string | undefined> {
  try {
    await isolation.probe()
    return undefined
  } catch (error) {
    if (error instanceof TrainingError && error.code === 'ISOLATION_UNAVAILABLE') return error.message
    throw error
  }
}
