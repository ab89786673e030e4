/** The environment report, `environment.json`: where and under what a training run took place. @module */

import {
  canonicalizeJson,
  ENVIRONMENT_REPORT_TYPE,
  parseJson,
  parseTimestamp,
  parseWith,
  type Timestamp,
} from '@aibomgen/core'
import * as z from 'zod'

import { isolationReportSchema, type IsolationReport } from '../isolation/isolation-report.ts'
import { observedSchema, type Observed } from './observed.ts'

/** The operating system. `name` as it calls itself: `Debian GNU/Linux 12 (bookworm)`. */
export interface OperatingSystem {
  readonly name: Observed<string>
  /** Node's word for it: `linux`, `darwin`, `win32`. */
  readonly platform: string
  readonly kernel: string
}

/** The processor. */
export interface Cpu {
  readonly model: Observed<string>
  /** Node's word for it: `x64`, `arm64`. */
  readonly architecture: string
  readonly logicalCores: number
  /** Extensions that change how numbers are computed (`avx2`, `neon`), as the kernel spells them, sorted. */
  readonly instructionSets: Observed<readonly string[]>
}

/** Main memory. `limitBytes` is what a control group leaves of it. */
export interface Memory {
  readonly totalBytes: number
  readonly limitBytes: Observed<number>
}

/** The file system that the run works on. */
export interface Disk {
  readonly totalBytes: number
  readonly availableBytes: number
}

/** A graphics card. `cuda` is the newest CUDA version that its driver speaks. */
export interface Gpu {
  readonly name: string
  readonly memoryBytes: Observed<number>
  readonly driver: Observed<string>
  readonly cuda: Observed<string>
}

/** The container around us. `imageDigest` is `sha256:` and 64 hex digits. */
export interface Container {
  readonly engine: Observed<string>
  readonly imageDigest: Observed<string>
}

/** A package that took part. `integrity` is the lock file's subresource integrity (`sha512-…`). */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly integrity: Observed<string>
}

/** A revision in git. `modified`: tracked files differed from it. */
export interface Checkout {
  readonly commit: string
  readonly modified: boolean
}

/** The trainer itself. `checkout` is the repository it runs from; absent where it was installed as a package. */
export interface TrainerIdentity {
  readonly name: string
  readonly version: string
  readonly checkout: Observed<Checkout>
}

/** The engine that trained, as the training child reported it. `versions` are by npm package name. */
export interface BackendIdentity {
  readonly name: string
  /** Why this one: it was asked for, or chosen and why. Reports of earlier versions do not say. */
  readonly reason?: string
  readonly versions: Readonly<Record<string, string>>
  readonly devices: readonly string[]
}

/** What can be seen of a machine without training anything on it. */
export interface MachineObservations {
  readonly operatingSystem: Observed<OperatingSystem>
  /** Version of Node, without a `v`. */
  readonly node: Observed<string>
  readonly cpu: Observed<Cpu>
  readonly memory: Observed<Memory>
  readonly disk: Observed<Disk>
  readonly gpus: Observed<readonly Gpu[]>
  readonly container: Observed<Container>
  readonly trainer: Observed<TrainerIdentity>
  /** The trainer's packages with all that they need, sorted by purl. */
  readonly packages: Observed<readonly InstalledPackage[]>
}

/** When the job was asked for, when its training process was started, and when that ended. */
export interface RunTimes {
  readonly requested: Timestamp
  readonly started: Timestamp
  readonly ended: Timestamp
}

/** Whether the keys of the four roles lie on one machine, and so count as one. */
export type KeySeparation = 'single-host' | 'separate'

/** Where, when and under what one training run took place. Names no host, no user and no absolute path. */
export interface EnvironmentReport extends MachineObservations {
  readonly _type: typeof ENVIRONMENT_REPORT_TYPE
  readonly jobId: string
  readonly times: RunTimes
  readonly keySeparation: KeySeparation
  readonly isolation: IsolationReport
  readonly backend: Observed<BackendIdentity>
}

const MAX_BYTES = 4 * 1024 * 1024

const text = z.string().min(1)
const size = z.int().min(0)
const timestamp = z.string().transform((value) => parseTimestamp(value))

const environmentReportSchema: z.ZodType<EnvironmentReport> = z.strictObject({
  _type: z.literal(ENVIRONMENT_REPORT_TYPE),
  jobId: text,
  times: z.strictObject({ requested: timestamp, started: timestamp, ended: timestamp }),
  keySeparation: z.enum(['single-host', 'separate']),
  isolation: isolationReportSchema,
  backend: observedSchema(
    z.strictObject({
      name: text,
      reason: text.exactOptional(),
      versions: z.record(text, text),
      devices: z.array(text),
    }),
  ),
  operatingSystem: observedSchema(z.strictObject({ name: observedSchema(text), platform: text, kernel: text })),
  node: observedSchema(text),
  cpu: observedSchema(
    z.strictObject({
      model: observedSchema(text),
      architecture: text,
      logicalCores: z.int().min(1),
      instructionSets: observedSchema(z.array(text)),
    }),
  ),
  memory: observedSchema(z.strictObject({ totalBytes: size, limitBytes: observedSchema(size) })),
  disk: observedSchema(z.strictObject({ totalBytes: size, availableBytes: size })),
  gpus: observedSchema(
    z.array(
      z.strictObject({
        name: text,
        memoryBytes: observedSchema(size),
        driver: observedSchema(text),
        cuda: observedSchema(text),
      }),
    ),
  ),
  container: observedSchema(
    z.strictObject({
      engine: observedSchema(text),
      imageDigest: observedSchema(z.string().regex(/^sha256:[0-9a-f]{64}$/)),
    }),
  ),
  trainer: observedSchema(
    z.strictObject({
      name: text,
      version: text,
      checkout: observedSchema(z.strictObject({ commit: text, modified: z.boolean() })),
    }),
  ),
  packages: observedSchema(
    z.array(z.strictObject({ name: text, version: text, purl: text, integrity: observedSchema(text) })),
  ),
})

/**
 * The report that `bytes` (strict JSON, at most 4 MiB) spell. It is what a worker said: believe it only as far as the
 * digest in a verified `run_training` link goes.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`
 */
export function parseEnvironmentReport(bytes: Uint8Array): EnvironmentReport {
  const value = parseJson(bytes, { maxBytes: MAX_BYTES, document: 'environment.json' })
  return parseWith(environmentReportSchema, value, 'environment.json')
}

/** The report's bytes: RFC 8785 canonical JSON, so that one report has one digest. */
export function serializeEnvironmentReport(report: EnvironmentReport): Uint8Array {
  return canonicalizeJson(report)
}
