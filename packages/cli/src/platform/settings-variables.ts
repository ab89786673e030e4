/** The variables that say something about the platform, each by itself: what it may be, and what it is when left out. @module */

import { join, resolve } from 'node:path'

import { SPEC_VERSIONS } from '@aibomgen/bom'
import { LOG_LEVELS } from '@aibomgen/server'
import { ISOLATION_NAMES } from '@aibomgen/trainer/environment'
import * as z from 'zod'

import { isProcessorCount, readByteCount } from '../numbers.ts'
import type { PlatformSettings, S3Settings, StoreSettings } from './settings.ts'
import { splitList } from './sign-in.ts'

const text = z.string()
const flag = z.enum(['true', 'false']).transform((word) => word === 'true')
const list = text.transform(splitList)
const origin = (word: string): boolean => URL.canParse(word) && new URL(word).origin === word
const url = text.refine(
  (word) => /^https?:\/\//.test(word) && URL.canParse(word) && !word.endsWith('/'),
  'an http or https URL without a slash at its end',
)

const wholeNumber = text.regex(/^\d{1,9}$/, 'an integer ≥ 0').transform(Number)
const count = text.regex(/^[1-9]\d{0,8}$/, 'an integer ≥ 1').transform(Number)
const size = text
  .refine((word) => readByteCount(word) !== undefined, 'a size like 4GiB')
  .transform((word) => readByteCount(word) ?? 0)

/** S3 servers sign for no longer. */
const WEEK_SECONDS = 7 * 24 * 3600
const MIN_GRACE_SECONDS = 3600
const SCANNERS: readonly string[] = ['trivy', 'npm-audit', 'none']

/** By the names of the variables, so that a problem is told by what has to be changed. */
const variablesSchema = z.object({
  AIBOMGEN_HOST: text.default('127.0.0.1'),
  AIBOMGEN_PORT: text
    .refine((word) => /^\d{1,5}$/.test(word) && Number(word) <= 65_535, 'a port from 0 to 65535')
    .transform(Number)
    .default(8000),
  AIBOMGEN_PUBLIC_URL: url.optional(),
  CORS_ORIGINS: list.refine((words) => words.every(origin), 'origins like https://example.org').default([]),
  AIBOMGEN_DATA: text.optional(),
  DATABASE_URL: text
    .refine(
      (word) => /^postgres(ql)?:\/\//.test(word) && URL.canParse(word),
      'a URL like postgres://user@host/database',
    )
    .optional(),
  AIBOMGEN_STORE: text
    .regex(/^(s3:\/\/[^/]+(\/[^/]+)*\/?|(?!\w+:\/\/).+)$/, 's3://bucket, s3://bucket/prefix or a directory')
    .optional(),
  AIBOMGEN_S3_ENDPOINT: url.optional(),
  AIBOMGEN_S3_PUBLIC_ENDPOINT: url.optional(),
  AWS_REGION: text.default('us-east-1'),
  AWS_ACCESS_KEY_ID: text.optional(),
  AWS_SECRET_ACCESS_KEY: text.optional(),
  AWS_SESSION_TOKEN: text.optional(),
  AUTH_ENABLED: flag.optional(),
  OIDC_ISSUER: text.optional(),
  OIDC_AUDIENCE: list.default([]),
  OIDC_ROLES_CLAIM: text.optional(),
  OIDC_REQUIRED_SCOPE: text.optional(),
  OIDC_DEFAULT_ROLES: list.default([]),
  ENTRA_TENANTS: list.optional(),
  AIBOMGEN_OPEN_VERIFICATION: flag.default(false),
  AIBOMGEN_MAX_MODEL: size.default(16 * 1024 ** 3),
  AIBOMGEN_MAX_DATASET: size.default(256 * 1024 ** 3),
  AIBOMGEN_JOB_QUOTA: count.optional(),
  AIBOMGEN_SUBMISSIONS_PER_MINUTE: count.default(60),
  AIBOMGEN_VERIFICATIONS_PER_MINUTE: count.default(600),
  AIBOMGEN_ISOLATION: z.enum(ISOLATION_NAMES).optional(),
  AIBOMGEN_REQUIRE_ISOLATION: z.enum(ISOLATION_NAMES).default('process'),
  AIBOMGEN_CONTAINER_IMAGE: text.optional(),
  AIBOMGEN_CONTAINER_ENGINE: text.optional(),
  AIBOMGEN_CONTAINER_CPUS: text.refine(isProcessorCount, 'a number above 0, such as 1.5').optional(),
  AIBOMGEN_MAX_MEMORY: size.optional(),
  AIBOMGEN_MAX_SECONDS: count.optional(),
  AIBOMGEN_GRACE_SECONDS: count.default(30),
  AIBOMGEN_LINK_SECONDS: count.refine((seconds) => seconds <= WEEK_SECONDS, 'at most a week').default(900),
  AIBOMGEN_GC_INTERVAL_SECONDS: wholeNumber.default(3600),
  AIBOMGEN_GC_GRACE_SECONDS: count
    .refine((seconds) => seconds >= MIN_GRACE_SECONDS, `at least ${MIN_GRACE_SECONDS}: longer than any upload takes`)
    .default(24 * 3600),
  AIBOMGEN_RETENTION_DAYS: count.optional(),
  AIBOMGEN_S3_OBJECT_LOCK: text
    .regex(/^(GOVERNANCE|COMPLIANCE):[1-9]\d{0,4}$/, 'a mode and days: GOVERNANCE:30')
    .optional(),
  AIBOMGEN_SCANNERS: list
    .refine((words) => words.length > 0 && words.every((word) => SCANNERS.includes(word)), `of ${SCANNERS.join(', ')}`)
    .refine((words) => words.length === 1 || !words.includes('none'), 'none, by itself')
    .default(['trivy']),
  AIBOMGEN_SCAN_IMAGE: text
    .regex(/^[A-Za-z0-9][\w./:-]{0,900}@sha256:[0-9a-f]{64}$/, 'an image by its digest: name@sha256:…')
    .optional(),
  AIBOMGEN_SCAN_INTERVAL_SECONDS: count.default(24 * 3600),
  AIBOMGEN_SCAN_SECONDS: count.default(600),
  AIBOMGEN_MANUFACTURER: text.default('AIBoMGen (self-hosted)'),
  AIBOMGEN_SPEC_VERSION: z.enum(SPEC_VERSIONS).default('1.6'),
  AIBOMGEN_WITHHOLD: z.enum(['statistics']).optional(),
  AIBOMGEN_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
})

/** Every variable that says something about the platform, by its name. */
export const PLATFORM_VARIABLES: readonly string[] = Object.keys(variablesSchema.shape)

type Variables = z.output<typeof variablesSchema>

/** What the variables say, or what is wrong with them. */
export type ReadVariables =
  | {
      readonly ok: true
      readonly toSettings: (providers: PlatformSettings['providers'], home: string) => PlatformSettings
    }
  | { readonly ok: false; readonly error: z.ZodError }

/** Judges each variable by itself. */
export function readVariables(given: Readonly<Record<string, string>>): ReadVariables {
  const parsed = variablesSchema.safeParse(given)
  if (!parsed.success) return { ok: false, error: parsed.error }
  return { ok: true, toSettings: (providers, home) => toSettings(parsed.data, providers, home) }
}

function toSettings(variables: Variables, providers: PlatformSettings['providers'], home: string): PlatformSettings {
  const dataDirectory = resolve(variables.AIBOMGEN_DATA ?? join(home, 'server'))
  return {
    host: variables.AIBOMGEN_HOST,
    port: variables.AIBOMGEN_PORT,
    ...(variables.AIBOMGEN_PUBLIC_URL !== undefined && { publicUrl: variables.AIBOMGEN_PUBLIC_URL }),
    corsOrigins: variables.CORS_ORIGINS,
    dataDirectory,
    ...(variables.DATABASE_URL !== undefined && { databaseUrl: variables.DATABASE_URL }),
    store: toStore(variables, dataDirectory),
    providers: variables.AUTH_ENABLED === false ? undefined : providers,
    openVerification: variables.AIBOMGEN_OPEN_VERIFICATION,
    inputLimits: { model: variables.AIBOMGEN_MAX_MODEL, dataset: variables.AIBOMGEN_MAX_DATASET },
    ...(variables.AIBOMGEN_JOB_QUOTA !== undefined && { jobQuota: variables.AIBOMGEN_JOB_QUOTA }),
    submissionsPerMinute: variables.AIBOMGEN_SUBMISSIONS_PER_MINUTE,
    verificationsPerMinute: variables.AIBOMGEN_VERIFICATIONS_PER_MINUTE,
    ...(variables.AIBOMGEN_ISOLATION !== undefined && { isolation: variables.AIBOMGEN_ISOLATION }),
    requireIsolation: variables.AIBOMGEN_REQUIRE_ISOLATION,
    container: {
      image: variables.AIBOMGEN_CONTAINER_IMAGE,
      engine: variables.AIBOMGEN_CONTAINER_ENGINE,
      cpus: variables.AIBOMGEN_CONTAINER_CPUS,
    },
    ...(variables.AIBOMGEN_MAX_MEMORY !== undefined && { memoryBytes: variables.AIBOMGEN_MAX_MEMORY }),
    ...(variables.AIBOMGEN_MAX_SECONDS !== undefined && { wallClockSeconds: variables.AIBOMGEN_MAX_SECONDS }),
    graceSeconds: variables.AIBOMGEN_GRACE_SECONDS,
    linkSeconds: variables.AIBOMGEN_LINK_SECONDS,
    housekeeping: {
      intervalSeconds: variables.AIBOMGEN_GC_INTERVAL_SECONDS,
      graceSeconds: variables.AIBOMGEN_GC_GRACE_SECONDS,
      ...(variables.AIBOMGEN_RETENTION_DAYS !== undefined && { retentionDays: variables.AIBOMGEN_RETENTION_DAYS }),
    },
    scans: {
      scanners: variables.AIBOMGEN_SCANNERS,
      ...(variables.AIBOMGEN_SCAN_IMAGE !== undefined && { image: variables.AIBOMGEN_SCAN_IMAGE }),
      intervalSeconds: variables.AIBOMGEN_SCAN_INTERVAL_SECONDS,
      timeoutSeconds: variables.AIBOMGEN_SCAN_SECONDS,
    },
    manufacturer: variables.AIBOMGEN_MANUFACTURER,
    specVersion: variables.AIBOMGEN_SPEC_VERSION,
    withheld: variables.AIBOMGEN_WITHHOLD === undefined ? [] : [variables.AIBOMGEN_WITHHOLD],
    logLevel: variables.AIBOMGEN_LOG_LEVEL,
  }
}

function toStore(variables: Variables, dataDirectory: string): StoreSettings {
  const { AIBOMGEN_STORE: store, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables
  const { AWS_SESSION_TOKEN: sessionToken } = variables
  if (store === undefined) return { directory: join(dataDirectory, 'store') }
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(store) ?? []
  if (bucket === undefined) return { directory: resolve(store) }
  const {
    AIBOMGEN_S3_OBJECT_LOCK: lock,
    AIBOMGEN_S3_ENDPOINT: endpoint,
    AIBOMGEN_S3_PUBLIC_ENDPOINT: publicEndpoint,
  } = variables
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region: variables.AWS_REGION,
    ...(endpoint !== undefined && { endpoint }),
    ...(lock !== undefined && { objectLock: readObjectLock(lock) }),
    ...(publicEndpoint !== undefined && { publicEndpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  }
}

function readObjectLock(text: string): NonNullable<S3Settings['objectLock']> {
  const [mode, days] = text.split(':')
  return { mode: mode === 'COMPLIANCE' ? mode : 'GOVERNANCE', days: Number(days) }
}
