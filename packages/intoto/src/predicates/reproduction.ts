/** A reproduction: a training that somebody ran again, and what came out, as a Statement's predicate. @module */

import { parseTimestamp, parseWith, URI_BASE, type Timestamp } from '@aibomgen/core'
import * as z from 'zod'

import type { Subject } from '../resource-descriptor.ts'
import { buildStatement, parsePredicate, type Statement } from '../statement.ts'

/** `predicateType` of a reproduction. */
export const REPRODUCTION_TYPE: string = `${URI_BASE}reproduction/v1`

/** An output of the release, and what came out in its place: SHA-256 as hex. */
export interface ReproducedOutput {
  readonly name: string
  readonly released: string
  readonly reproduced: string
}

/** How far numbers lie apart. `relative` is to the larger of the two. */
export interface NumericDifference {
  /** How many numbers were compared, and how many of them were the same, bit for bit. */
  readonly compared: number
  readonly identical: number
  readonly maxAbsolute: number
  readonly maxRelative: number
  /** The name of what lies furthest apart; absent where nothing does. */
  readonly furthest?: string | undefined
}

/** Something of the two environments that is not the same, in words; `absent` and `unavailable` are words, too. */
export interface EnvironmentDifference {
  readonly what: string
  readonly released: string
  readonly reproduced: string
}

/** The predicate. */
export interface Reproduction {
  /** The release whose inputs were trained on again. */
  readonly release: { readonly jobId: string; readonly aibom: { readonly sha256: string } }
  readonly startedAt: Timestamp
  readonly endedAt: Timestamp
  /** `reproduced`: every output is the same, bit for bit. */
  readonly verdict: 'reproduced' | 'differs'
  readonly outputs: readonly ReproducedOutput[]
  /** Absent where the two models are one file: then all weights are the same. */
  readonly weights?: NumericDifference | undefined
  /** Absent where the two histories are one file. */
  readonly metrics?: NumericDifference | undefined
  readonly environment: readonly EnvironmentDifference[]
  /** What may have made the difference, likeliest first; empty where there is none. */
  readonly mayBeDueTo: readonly string[]
}

const text = z.string().min(1)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)
const timestamp = z.string().transform((value) => parseTimestamp(value))
const difference = z.object({
  compared: count,
  identical: count,
  maxAbsolute: z.number().min(0),
  maxRelative: z.number().min(0),
  furthest: text.optional(),
})
const reproductionSchema = z
  .object({
    release: z.object({ jobId: text, aibom: z.object({ sha256 }) }),
    startedAt: timestamp,
    endedAt: timestamp,
    verdict: z.enum(['reproduced', 'differs']),
    outputs: z.array(z.object({ name: text, released: sha256, reproduced: sha256 })).min(1),
    weights: difference.optional(),
    metrics: difference.optional(),
    environment: z.array(z.object({ what: text, released: text, reproduced: text })),
    mayBeDueTo: z.array(text),
  })
  .refine(
    ({ verdict, outputs }) =>
      (verdict === 'reproduced') === outputs.every(({ released, reproduced }) => released === reproduced),
    { path: ['verdict'], error: 'the verdict that its outputs give' },
  )

/**
 * The Statement that says how a training came out again. Its subjects are the release's outputs.
 *
 * @throws ParseError `DOCUMENT_INVALID`, also for a verdict that its own outputs contradict
 */
export function buildReproductionStatement(reproduction: Reproduction): Statement {
  const predicate = parseWith(reproductionSchema, reproduction, 'reproduction')
  const subject: readonly Subject[] = predicate.outputs.map(({ name, released }) => ({
    name,
    digest: { sha256: released },
  }))
  return buildStatement(subject, REPRODUCTION_TYPE, predicate)
}

/**
 * The reproduction that a Statement carries. It is worth what the signer's word is worth.
 *
 * @throws ParseError `DOCUMENT_INVALID`, also for a Statement of another predicate type
 */
export function parseReproduction(statement: Statement): Reproduction {
  return parsePredicate(statement, REPRODUCTION_TYPE, { schema: reproductionSchema, document: 'reproduction' })
}
