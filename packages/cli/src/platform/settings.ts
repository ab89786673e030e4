/** Settings of the platform: from environment variables and one file, judged as a whole before anything starts. @module */

import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'

import { ConfigError, describeProblems, describeZodError, utf8Decode, type Problem } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import { LOG_LEVELS, type LogLevel, type OidcProvider } from '@aibomgen/server'
import type { IsolationName } from '@aibomgen/trainer/environment'
import * as z from 'zod'

import type { Config, Environment } from '../config.ts'
import { readByteCount } from '../numbers.ts'
import { readSignIn, splitList } from './sign-in.ts'

/** Where artifacts are kept: in a directory, or in a bucket of an S3 server. */
export type StoreSettings = { readonly directory: string } | S3Settings

/** A bucket. What is left out, the AWS SDK finds by itself, as every program on it does. */
export interface S3Settings {
  readonly bucket: string
  /** Empty, or it ends in `/`. */
  readonly prefix: string
  readonly endpoint?: string
  /** Where browsers and clients reach the bucket: makes downloads go there directly. */
  readonly publicEndpoint?: string
  readonly region: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** All that may be said about a server, a worker or an issuer. */
export interface PlatformSettings {
  readonly host: string
  readonly port: number
  readonly publicUrl?: string
  readonly corsOrigins: readonly string[]
  /** Absolute path: the embedded database, the store and the workspaces, unless they are elsewhere. */
  readonly dataDirectory: string
  /** The URL of a PostgreSQL server that every process of the platform shares; else one in this process. */
  readonly databaseUrl?: string
  readonly store: StoreSettings
  /** Undefined where nobody is asked who they are. */
  readonly providers: readonly OidcProvider[] | undefined
  readonly openVerification: boolean
  /** The largest inputs, in bytes. */
  readonly inputLimits: { readonly model: number; readonly dataset: number }
  readonly jobQuota?: number
  /** Per caller. */
  readonly submissionsPerMinute: number
  readonly verificationsPerMinute: number
  readonly requireIsolation: IsolationName
  readonly memoryBytes?: number
  readonly wallClockSeconds?: number
  /** How long a run, and answers under way, may still take once a process is asked to stop. */
  readonly graceSeconds: number
  /** Who answers for the AIBoMs. */
  readonly manufacturer: string
  readonly logLevel: LogLevel
}

const MAX_FILE_BYTES = 1024 * 1024
const LOOPBACK = ['127.0.0.1', '::1', 'localhost']
/** Never shown, not even where they are wrong. */
const SECRETS = ['DATABASE_URL', 'AWS_SECRET_ACCESS_KEY']

const text = z.string()
const flag = z.enum(['true', 'false']).transform((word) => word === 'true')
const list = text.transform(splitList)
const origin = (word: string): boolean => URL.canParse(word) && new URL(word).origin === word
const url = text.refine(
  (word) => /^https?:\/\//.test(word) && URL.canParse(word) && !word.endsWith('/'),
  'an http or https URL without a slash at its end',
)
const count = text.regex(/^[1-9]\d{0,8}$/, 'an integer ≥ 1').transform(Number)
const size = text
  .refine((word) => readByteCount(word) !== undefined, 'a size like 4GiB')
  .transform((word) => readByteCount(word) ?? 0)

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
  AIBOMGEN_REQUIRE_ISOLATION: z.enum(['process', 'bubblewrap', 'container']).default('process'),
  AIBOMGEN_MAX_MEMORY: size.optional(),
  AIBOMGEN_MAX_SECONDS: count.optional(),
  AIBOMGEN_GRACE_SECONDS: count.default(30),
  AIBOMGEN_MANUFACTURER: text.default('AIBoMGen (self-hosted)'),
  AIBOMGEN_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
})

/** Every variable that says something about the platform, by its name. */
export const PLATFORM_VARIABLES: readonly string[] = Object.keys(variablesSchema.shape)

type Variables = z.output<typeof variablesSchema>

/** What the command line says about the settings. */
export interface SettingsFlags {
  /** A file of lines `NAME=value`; the environment goes before it. */
  readonly config?: string
  readonly host?: string
  readonly port?: string
}

/** What a process needs that works for a server elsewhere. */
export type SharedPart = 'database' | 'store'

/**
 * The settings: flags before the environment, the environment before the file. An empty variable counts as unset.
 *
 * @param shared - what must be one that other processes can reach, too
 * @throws ConfigError `CONFIG_INVALID` naming every problem; ArtifactError `FILE_UNREADABLE`
 */
export async function readPlatformSettings(
  config: Config,
  flags: SettingsFlags,
  shared: readonly SharedPart[] = [],
): Promise<PlatformSettings> {
  const file = flags.config === undefined ? {} : await readSettingsFile(flags.config)
  const given = {
    ...withoutEmpty(file),
    ...withoutEmpty(config.environment),
    ...withoutEmpty({ AIBOMGEN_HOST: flags.host, AIBOMGEN_PORT: flags.port }),
  }
  const parsed = variablesSchema.safeParse(given)
  const shown = { ...given, ...Object.fromEntries(SECRETS.map((name) => [name, '(not shown)'])) }
  const signIn = readSignIn(given)
  const problems = [
    ...unknownNames(file),
    ...(parsed.success ? [] : describeZodError(parsed.error, 'settings', shown).problems),
    ...signIn.problems,
    ...contradictions(given, shared),
  ]
  if (parsed.success && problems.length === 0) return toSettings(parsed.data, signIn.providers, config.home)
  const detail = { document: 'settings', problems }
  throw new ConfigError('CONFIG_INVALID', describeProblems(detail), detail)
}

async function readSettingsFile(path: string): Promise<Environment> {
  return parseEnv(utf8Decode(await readFileBounded(path, MAX_FILE_BYTES)))
}

function withoutEmpty(variables: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  )
}

function unknownNames(file: Environment): readonly Problem[] {
  return Object.keys(file)
    .filter((name) => !PLATFORM_VARIABLES.includes(name))
    .map((path) => ({ path, expected: 'no such setting', got: 'a line of the file' }))
}

/** What is wrong with settings that are each right by themselves. */
function contradictions(given: Readonly<Record<string, string>>, shared: readonly SharedPart[]): readonly Problem[] {
  const problems: Problem[] = []
  const lack = (path: string, expected: string): void => void problems.push({ path, expected, got: 'nothing' })
  const isSignedIn = given['OIDC_ISSUER'] !== undefined || given['ENTRA_TENANTS'] !== undefined
  const isServer = shared.length === 0
  if (isServer && !isSignedIn && given['AUTH_ENABLED'] === 'true') {
    lack('OIDC_ISSUER', 'an identity provider, or ENTRA_TENANTS, where AUTH_ENABLED=true')
  }
  const host = given['AIBOMGEN_HOST']
  if (
    isServer &&
    !isSignedIn &&
    given['AUTH_ENABLED'] === undefined &&
    host !== undefined &&
    !LOOPBACK.includes(host)
  ) {
    lack('AUTH_ENABLED', `sign-in (OIDC_ISSUER or ENTRA_TENANTS) or AUTH_ENABLED=false, where others can reach ${host}`)
  }
  if (shared.includes('database') && given['DATABASE_URL'] === undefined) {
    lack('DATABASE_URL', 'the PostgreSQL database that the server uses')
  }
  if (shared.includes('store') && given['AIBOMGEN_STORE'] === undefined) {
    lack('AIBOMGEN_STORE', 'the store that the server uses: s3://bucket, or a directory that both can reach')
  }
  if ((given['AWS_ACCESS_KEY_ID'] === undefined) !== (given['AWS_SECRET_ACCESS_KEY'] === undefined)) {
    const missing = given['AWS_ACCESS_KEY_ID'] === undefined ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'
    lack(missing, 'both halves of the credentials')
  }
  return problems
}

function toSettings(
  variables: Variables,
  providers: readonly OidcProvider[] | undefined,
  home: string,
): PlatformSettings {
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
    requireIsolation: variables.AIBOMGEN_REQUIRE_ISOLATION,
    ...(variables.AIBOMGEN_MAX_MEMORY !== undefined && { memoryBytes: variables.AIBOMGEN_MAX_MEMORY }),
    ...(variables.AIBOMGEN_MAX_SECONDS !== undefined && { wallClockSeconds: variables.AIBOMGEN_MAX_SECONDS }),
    graceSeconds: variables.AIBOMGEN_GRACE_SECONDS,
    manufacturer: variables.AIBOMGEN_MANUFACTURER,
    logLevel: variables.AIBOMGEN_LOG_LEVEL,
  }
}

function toStore(variables: Variables, dataDirectory: string): StoreSettings {
  const { AIBOMGEN_STORE: store, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables
  if (store === undefined) return { directory: join(dataDirectory, 'store') }
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(store) ?? []
  if (bucket === undefined) return { directory: resolve(store) }
  const { AIBOMGEN_S3_ENDPOINT: endpoint, AIBOMGEN_S3_PUBLIC_ENDPOINT: publicEndpoint } = variables
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region: variables.AWS_REGION,
    ...(endpoint !== undefined && { endpoint }),
    ...(publicEndpoint !== undefined && { publicEndpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  }
}
