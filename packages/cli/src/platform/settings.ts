/** Settings of the platform: from environment variables and one file, judged as a whole before anything starts. @module */

import type { SpecVersion, Withholdable } from '@aibomgen/bom'
import { ConfigError, describeProblems, describeZodError, type Problem } from '@aibomgen/core'
import type { HousekeepingPolicy, LogLevel, OidcProvider } from '@aibomgen/server'
import type { IsolationName } from '@aibomgen/trainer/environment'

import type { Config, ContainerSettings, Environment } from '../config.ts'
import { PLATFORM_VARIABLES, readVariables } from './settings-variables.ts'
import { readSettingsFile } from './settings-file.ts'
import { readSignIn } from './sign-in.ts'

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
  /** Nobody takes an artifact away before its time. */
  readonly objectLock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days: number }
  readonly region: string
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    /** Of credentials that run out. */
    readonly sessionToken?: string
  }
}

/** How a training environment is scanned for vulnerabilities. */
export interface ScanSettings {
  /** Asked in this order until one answers; `none` asks nobody. */
  readonly scanners: readonly string[]
  /** The image that the worker runs in, by its digest; else its packages are scanned. */
  readonly image?: string
  readonly intervalSeconds: number
  /** How long one scanner may take. */
  readonly timeoutSeconds: number
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
  /** The one that trainings run under; the strongest that works here where left out. */
  readonly isolation?: IsolationName
  readonly requireIsolation: IsolationName
  readonly container: ContainerSettings
  readonly memoryBytes?: number
  readonly wallClockSeconds?: number
  /** How long a run, and answers under way, may still take once a process is asked to stop. */
  readonly graceSeconds: number
  /** How long a URL of an artifact gives it to whoever has that URL. */
  readonly linkSeconds: number
  /** Every 0 seconds is never. */
  readonly housekeeping: HousekeepingPolicy & { readonly intervalSeconds: number }
  readonly scans: ScanSettings
  /** Who answers for the AIBoMs. */
  readonly manufacturer: string
  /** Of CycloneDX, for the AIBoMs. */
  readonly specVersion: SpecVersion
  /** What the AIBoMs leave out, and say that they do. */
  readonly withheld: readonly Withholdable[]
  readonly logLevel: LogLevel
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost']
/** Never shown, not even where they are wrong. */
const SECRETS = ['DATABASE_URL', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

/** What the command line says about the settings. */
export interface SettingsFlags {
  /** A file of settings, in place of the one that AIBOMGEN_CONFIG names; the environment goes before it. */
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
  const path = flags.config ?? (config.environment['AIBOMGEN_CONFIG'] || undefined)
  const file = path === undefined ? { variables: {}, problems: [] } : await readSettingsFile(path)
  const given = {
    ...withoutEmpty(file.variables),
    ...withoutEmpty(config.environment),
    ...withoutEmpty({ AIBOMGEN_HOST: flags.host, AIBOMGEN_PORT: flags.port }),
  }
  const read = readVariables(given)
  const shown = { ...given, ...Object.fromEntries(SECRETS.map((name) => [name, '(not shown)'])) }
  const signIn = readSignIn(given)
  const problems = [
    ...file.problems,
    ...unknownNames(file.variables),
    ...(read.ok ? [] : describeZodError(read.error, 'settings', shown).problems),
    ...signIn.problems,
    ...contradictions(given, shared),
  ]
  if (read.ok && problems.length === 0) return read.toSettings(signIn.providers, config.home)
  const detail = { document: 'settings', problems }
  throw new ConfigError('CONFIG_INVALID', describeProblems(detail), detail)
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
