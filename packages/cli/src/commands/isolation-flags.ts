/** What commands that train take about how the training is confined, and how much it may use. @module */

import { ConfigError } from '@aibomgen/core'
import type { IsolationDemands, Limits } from '@aibomgen/trainer'
import { ISOLATION_NAMES, type IsolationName } from '@aibomgen/trainer/environment'
import { Option, type Command } from 'commander'

import type { Config } from '../config.ts'
import { parseByteCount, parseCount } from '../numbers.ts'

/** What commander gives for them. */
export interface IsolationFlags {
  readonly isolation?: IsolationName
  readonly requireIsolation: IsolationName
  readonly maxMemory?: string
  readonly maxSeconds?: string
}

/** The command with the flags. */
export function addIsolationFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--isolation <name>', 'how the training process is confined (the strongest that works here)').choices(
        ISOLATION_NAMES,
      ),
    )
    .addOption(
      new Option('--require-isolation <level>', 'refuse to train under less')
        .choices(ISOLATION_NAMES)
        .default('process'),
    )
    .option('--max-memory <size>', 'of the training process: 4GiB, 512MB (8GiB)')
    .option('--max-seconds <number>', 'wall-clock limit of the training process (86400)')
}

/**
 * What the flags, and AIBOMGEN_ISOLATION where they do not say, demand.
 *
 * @throws ConfigError `USAGE`
 */
export function readIsolation(flags: IsolationFlags, config: Config): IsolationDemands & { atLeast: IsolationName } {
  const name = flags.isolation ?? parseIsolation(config.isolation)
  return { ...(name !== undefined && { name }), atLeast: flags.requireIsolation }
}

/**
 * The limits that the flags set.
 *
 * @throws ConfigError `USAGE`
 */
export function readLimits({ maxMemory, maxSeconds }: IsolationFlags): Partial<Limits> {
  return {
    ...(maxMemory !== undefined && { memoryBytes: parseByteCount('--max-memory', maxMemory) }),
    ...(maxSeconds !== undefined && { wallClockSeconds: parseCount('--max-seconds', maxSeconds) }),
  }
}

function parseIsolation(value: string | undefined): IsolationName | undefined {
  const name = ISOLATION_NAMES.find((known) => known === value)
  if (name !== undefined || value === undefined) return name
  const reason = `AIBOMGEN_ISOLATION: expected one of ${ISOLATION_NAMES.join(', ')}, got ${JSON.stringify(value)}`
  throw new ConfigError('USAGE', reason, { argument: 'AIBOMGEN_ISOLATION', reason })
}
