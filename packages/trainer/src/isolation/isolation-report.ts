/** What confines a training child, resource by resource: the part of the evidence that isolation writes. @module */

import * as z from 'zod'

/** How a training child is confined, weakest last. */
export const ISOLATION_NAMES = ['container', 'bubblewrap', 'process'] as const
/** One of the ways to confine a training child. */
export type IsolationName = (typeof ISOLATION_NAMES)[number]

/** Everything of the host's that a confinement may withhold from the child or ration. */
export const CONFINED_RESOURCES = [
  'network',
  'fileSystem',
  'environmentVariables',
  'memory',
  'processes',
  'openFiles',
  'outputSize',
  'wallClock',
] as const
/** What reports answer for since there are isolations that confine it. Older reports say nothing of them. */
export const LATER_RESOURCES = ['scratchSize', 'systemCalls', 'privileges', 'devices'] as const

/** One of the things that a confinement may withhold or ration. */
export type ConfinedResource = (typeof CONFINED_RESOURCES)[number]
/** One of those that came later. */
export type LaterResource = (typeof LATER_RESOURCES)[number]

/** Whether a resource is confined: `by` names the mechanism, `reason` says why there is none. */
export type Enforcement =
  { readonly status: 'enforced'; readonly by: string } | { readonly status: 'not-enforced'; readonly reason: string }

/**
 * What an isolation enforces on this machine. It is recorded as it was, whatever had been asked for.
 * `keys` says whether the child could read the key files of the process that started it.
 */
export interface IsolationReport {
  readonly name: IsolationName
  readonly keys: 'reachable' | 'unreachable'
  readonly resources: Readonly<Record<ConfinedResource, Enforcement> & Partial<Record<LaterResource, Enforcement>>>
  /** Of the image that a container was started from: `sha256:` and 64 hex digits. */
  readonly image?: string
}

const enforcementSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('enforced'), by: z.string().min(1) }),
  z.strictObject({ status: z.literal('not-enforced'), reason: z.string().min(1) }),
])

/** The schema of an isolation report: every resource answered for, nothing besides. */
export const isolationReportSchema: z.ZodType<IsolationReport> = z.strictObject({
  name: z.enum(ISOLATION_NAMES),
  keys: z.enum(['reachable', 'unreachable']),
  resources: z.strictObject({
    network: enforcementSchema,
    fileSystem: enforcementSchema,
    environmentVariables: enforcementSchema,
    memory: enforcementSchema,
    processes: enforcementSchema,
    openFiles: enforcementSchema,
    outputSize: enforcementSchema,
    wallClock: enforcementSchema,
    scratchSize: enforcementSchema.exactOptional(),
    systemCalls: enforcementSchema.exactOptional(),
    privileges: enforcementSchema.exactOptional(),
    devices: enforcementSchema.exactOptional(),
  }),
  image: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .exactOptional(),
})

/** A resource that is confined, and by what. */
export function enforced(by: string): Enforcement {
  return { status: 'enforced', by }
}

/** A resource that is not confined, and why. */
export function notEnforced(reason: string): Enforcement {
  return { status: 'not-enforced', reason }
}
