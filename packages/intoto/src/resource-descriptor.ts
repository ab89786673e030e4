/** Resource descriptors: how Statements and predicates name an artifact. @module */

import * as z from 'zod'

/** An artifact by name, place or digest; at least one of the three. */
export interface ResourceDescriptor {
  readonly name?: string | undefined
  readonly uri?: string | undefined
  /** Hex by algorithm. */
  readonly digest?: Readonly<Record<string, string>> | undefined
  readonly mediaType?: string | undefined
  readonly downloadLocation?: string | undefined
}

/** An artifact that a Statement is about: known by its digests, whatever it is called. */
export interface Subject extends ResourceDescriptor {
  readonly digest: Readonly<Record<string, string>>
}

const digestSchema = z
  .record(z.string(), z.string().regex(/^[0-9a-f]+$/, 'lower-case hex'))
  .refine((digests) => Object.keys(digests).length > 0, 'at least one digest')

const members = {
  name: z.string().optional(),
  uri: z.string().optional(),
  digest: digestSchema.optional(),
  mediaType: z.string().optional(),
  downloadLocation: z.string().optional(),
}

/** Schema of a resource descriptor. Members that the specification does not know are passed over. */
export const resourceDescriptorSchema: z.ZodType<ResourceDescriptor, unknown> = z
  .object(members)
  .refine(
    ({ name, uri, digest }) => name !== undefined || uri !== undefined || digest !== undefined,
    'a name, uri or digest',
  )

/** Schema of a Statement's subject: a resource descriptor that has a digest. */
export const subjectSchema: z.ZodType<Subject, unknown> = z.object({ ...members, digest: digestSchema })
