/** Compares two models in a confined process: archives are a stranger's, and are not opened where keys are. @module */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { TrainingError, type JsonValue } from '@aibomgen/core'
import * as z from 'zod'

import type { Isolation } from './isolation/isolation.ts'
import type { Limits } from './isolation/limits.ts'
import { comparisonEntry } from './isolation/training-child-entry.ts'
import type { NumericDifference } from './numeric-difference.ts'

const differenceSchema: z.ZodType<NumericDifference> = z.strictObject({
  compared: z.int().min(0),
  identical: z.int().min(0),
  maxAbsolute: z.number().min(0),
  maxRelative: z.number().min(0),
  furthest: z.string().min(1).max(4096).exactOptional(),
})

/** What comparing needs. */
export interface ComparisonDeps {
  readonly isolation: Isolation
}

/** How comparing runs. */
export interface ComparisonOptions {
  readonly limits: Limits
  readonly signal: AbortSignal
}

/**
 * How far the weights of two `.keras` files lie apart, which lie as `inputs/released` and `inputs/reproduced` in
 * `directory`. It is what the process said: true as far as nobody took it over.
 *
 * @throws TrainingError `ISOLATION_UNAVAILABLE`, `LIMIT_REACHED`, `CHILD_PROTOCOL`, `CHILD_DIED`
 */
export async function compareModels(
  directory: string,
  { isolation }: ComparisonDeps,
  { limits, signal }: ComparisonOptions,
): Promise<NumericDifference> {
  await mkdir(join(directory, 'outputs'), { recursive: true })
  const said: JsonValue[] = []
  const child = await isolation.spawn(
    {
      ...comparisonEntry(),
      argv: ['inputs/released', 'inputs/reproduced'],
      directory,
      onMessage: (message) => void said.push(message),
      onLog: () => undefined,
    },
    limits,
    signal,
  )
  const end = await child.ended
  if (end.exitCode !== 0) throw new TrainingError('CHILD_DIED', 'the two models could not be compared', end)
  const parsed = differenceSchema.safeParse(said.at(-1))
  if (parsed.success && said.length === 1) return parsed.data
  const reason = 'the comparison of two models said something else than how they differ'
  throw new TrainingError('CHILD_PROTOCOL', reason, { reason })
}
