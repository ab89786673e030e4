/** Parts that the schemas of several types of dataset definitions share. @module */

import * as z from 'zod'

import type { ImageDefinition, LabelsDefinition, MissingPolicy, PreprocessingDefinition } from './dataset-definition.ts'

/** A name of something in a data set. */
export const nameSchema: z.ZodType<string> = z
  .string()
  .min(1, { error: 'a name' })
  .max(1024, { error: 'a name of at most 1024 characters' })
  .refine((text) => text.isWellFormed(), { error: 'well-formed Unicode' })

/** A size along an axis. */
export const sizeSchema: z.ZodType<number> = z.custom<number>(
  (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31,
  { error: 'an integer ≥ 1' },
)

/** A shape without the row axis. */
export const shapeSchema: z.ZodType<number[]> = z
  .array(sizeSchema)
  .min(1, { error: 'at least one size' })
  .max(8, { error: 'at most 8 sizes' })

/** What every type can have done to its inputs, before `toPreprocessing`. */
const preprocessingMembers = {
  normalize: z.union([z.boolean(), z.enum(['standardize', 'minmax'])]).exactOptional(),
  scale: z.number().exactOptional(),
  clip: z
    .tuple([z.number(), z.number()])
    .refine(([min, max]) => min < max, { error: 'two numbers, the smaller one first' })
    .exactOptional(),
}

/** What becomes of missing numbers. */
export const missingSchema: z.ZodType<MissingPolicy> = z.union([z.enum(['refuse', 'mean', 'median']), z.number()])

/** Preprocessing of a table or of examples. */
export const preprocessingSchema: z.ZodType<PreprocessingDefinition> = z
  .strictObject(preprocessingMembers)
  .transform(toPreprocessing)

/** Preprocessing of images. */
export const imagePreprocessingSchema: z.ZodType<ImageDefinition['preprocessing']> = z
  .strictObject({ ...preprocessingMembers, mode: z.enum(['caffe', 'tf', 'torch']).exactOptional() })
  .transform(({ mode, ...members }) => ({ ...toPreprocessing(members), ...(mode === undefined ? {} : { mode }) }))

function toPreprocessing({
  normalize,
  ...rest
}: {
  normalize?: boolean | 'standardize' | 'minmax'
  scale?: number
  clip?: [number, number]
}): PreprocessingDefinition {
  if (normalize === undefined || normalize === false) return rest
  return { normalize: normalize === true ? 'standardize' : normalize, ...rest }
}

/** One of several things, in the model's order, or with the model's name for what it is for. */
export interface Named<T> {
  readonly name?: string
  readonly value: T
}

/** One thing, or several. */
export type OneOrSeveral<T> =
  { readonly one: T; readonly several?: undefined } | { readonly several: readonly Named<T>[] }

const MAX_SEVERAL = 1000

/** A schema for several of these: a mapping by the model's names, or a list in its order. */
export function severalSchema<T>(item: z.ZodType<T>): z.ZodType<readonly Named<T>[]> {
  const list = z.array(item).min(1, { error: 'at least one' }).max(MAX_SEVERAL)
  const mapping = z.record(nameSchema, item).refine((all) => Object.keys(all).length <= MAX_SEVERAL, {
    error: `at most ${MAX_SEVERAL} names`,
  })
  return z.unknown().transform((value, { issues }): readonly Named<T>[] => {
    const result = Array.isArray(value) ? list.safeParse(value) : mapping.safeParse(value)
    if (!result.success) {
      issues.push(...(result.error.issues as typeof issues))
      return z.NEVER
    }
    if (Array.isArray(result.data)) return result.data.map((each) => ({ value: each }))
    return Object.entries(result.data).map(([name, each]) => ({ name, value: each }))
  })
}

/** A schema for one of these, or for several; `isSeveral` tells by the look of a value which was meant. */
export function oneOrSeveralSchema<T>(
  item: z.ZodType<T>,
  isSeveral: (value: unknown) => boolean,
): z.ZodType<OneOrSeveral<T>> {
  const several = severalSchema(item)
  return z.unknown().transform((value, { issues }): OneOrSeveral<T> => {
    const result = isSeveral(value) ? several.safeParse(value) : item.safeParse(value)
    if (!result.success) {
      issues.push(...(result.error.issues as typeof issues))
      return z.NEVER
    }
    // The schema that was asked says which of the two it is.
    return isSeveral(value) ? { several: result.data as readonly Named<T>[] } : { one: result.data as T }
  })
}

/** A shape, or several. */
export const shapesSchema: z.ZodType<OneOrSeveral<readonly number[]>> = oneOrSeveralSchema<readonly number[]>(
  shapeSchema,
  (value) => (Array.isArray(value) ? Array.isArray(value[0]) : isMapping(value)),
)

/** Whether a value is a mapping of names. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Puts two lists together, by name or in order, when each has one for each of the other.
 *
 * @returns undefined when they have not
 */
export function pairUp<A, B>(
  first: readonly Named<A>[],
  second: readonly Named<B>[],
): readonly (Named<A> & { readonly other: B })[] | undefined {
  const pairs = first.flatMap((item, index) => {
    const found = item.name === undefined ? second[index] : second.find(({ name }) => name === item.name)
    return found === undefined || found.name !== item.name ? [] : [{ ...item, other: found.value }]
  })
  return pairs.length === first.length && first.length === second.length ? pairs : undefined
}

/** Where one of several stands in the document. */
export function pathOf(member: string, index: number, { name }: Named<unknown>): readonly string[] {
  return [member, name ?? String(index)]
}

/** A problem of a definition as a whole: where, what stands there, what was expected. */
export type DefinitionProblem = readonly [path: readonly string[], got: unknown, expected: string]

/** Whether there is one shape where there is one thing, and a shape for each where there are several. */
export function shapesFit(
  several: readonly Named<unknown>[] | undefined,
  shapes: OneOrSeveral<readonly number[]>,
): boolean {
  if (several === undefined || shapes.several === undefined) return several === shapes.several
  return pairUp(several, shapes.several) !== undefined
}

/** What a label and its shape come to: one of each, or a list of both together. Expects that they fit. */
export function labelsOf<Label>(
  label: OneOrSeveral<Label>,
  shapes: OneOrSeveral<readonly number[]>,
): LabelsDefinition<Label> {
  if (label.several !== undefined && shapes.several !== undefined) {
    const pairs = pairUp(label.several, shapes.several) ?? []
    return { outputs: pairs.map(({ value, other, ...name }) => ({ ...name, label: value, shape: other })) }
  }
  return label.several === undefined && shapes.several === undefined
    ? { label: label.one, outputShape: shapes.one }
    : {}
}
