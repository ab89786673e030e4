/** What every process of the platform has: its database, its store, its log, and the home that it speaks for. @module */

import { join } from 'node:path'

import type { ArtifactDescriptor } from '@aibomgen/core'
import {
  assertClockAgrees,
  createLogger,
  openDatabase,
  type CollectibleStore,
  type Database,
  type Logger,
} from '@aibomgen/server'

import { systemClock } from '../compose.ts'
import type { Environment } from '../config.ts'
import type { Generation } from '../home/generation.ts'
import type { TextStream } from '../output.ts'
import type { PlatformSettings, S3Settings } from './settings.ts'
import { startTracing } from './tracing.ts'

/** An open platform. Disposing of it closes what it holds. */
export interface Platform extends AsyncDisposable {
  readonly settings: PlatformSettings
  readonly home: string
  /** Keys, trust root and layout at the start. */
  readonly generation: Generation
  readonly passphrase: string | undefined
  /** Of this process: what the programs that it starts may need of it. */
  readonly environment: Environment
  readonly database: Database
  readonly store: CollectibleStore
  /** Where clients may fetch artifacts from the store itself. */
  readonly presign?: (artifact: ArtifactDescriptor, fileName: string) => Promise<string>
  readonly logger: Logger
}

/** What is opened, and for whom. */
export interface PlatformOrder {
  readonly settings: PlatformSettings
  readonly home: string
  readonly generation: Generation
  readonly passphrase: string | undefined
  readonly environment: Environment
  /** Names the process in its log. */
  readonly service: 'server' | 'worker' | 'issuer'
  readonly stderr: TextStream
}

/** How long servers that the platform needs may keep it waiting before they count as away. */
export interface Patience {
  /** Until a connection is there. */
  readonly connectSeconds: number
  /** Until the database has answered, or the next byte of an answer of the store's is there, which is asked three times. */
  readonly silenceSeconds: number
}

const PATIENCE: Patience = { connectSeconds: 10, silenceSeconds: 120 }

/**
 * Opens database and store.
 *
 * @throws ConfigError `DATABASE_LOCKED`, `CLOCK_SKEWED`; ArtifactError `DATABASE_UNAVAILABLE`, `STORE_UNAVAILABLE`
 */
export async function openPlatform(order: PlatformOrder): Promise<Platform> {
  const { settings, service, stderr, ...held } = order
  const logger = createLogger({ level: settings.logLevel, clock: systemClock, service }, stderr)
  const stored = await openStore(settings)
  const database = await openPlatformDatabase(settings, logger)
  try {
    await assertClockAgrees(database)
  } catch (error) {
    await database.close()
    throw error
  }
  const tracing = await startTracing(service, held.environment, logger)
  return {
    ...held,
    settings,
    logger,
    database,
    ...stored,
    async [Symbol.asyncDispose]() {
      await database.close()
      await tracing[Symbol.asyncDispose]()
    },
  }
}

/**
 * The database that the settings name: PostgreSQL, else the one in the data directory.
 *
 * @throws ConfigError `DATABASE_LOCKED`; ArtifactError `DATABASE_UNAVAILABLE`
 */
export function openPlatformDatabase(
  { databaseUrl, dataDirectory }: PlatformSettings,
  logger: Logger,
  { connectSeconds, silenceSeconds }: Patience = PATIENCE,
): Promise<Database> {
  const directory = join(dataDirectory, 'database')
  const server = { connectSeconds, answerSeconds: silenceSeconds }
  return openDatabase(databaseUrl === undefined ? { directory } : { url: databaseUrl, ...server }, {
    clock: systemClock,
    onError: (error) => logger.error('the database failed in the background', { error }),
  })
}

/**
 * The store that the settings name.
 *
 * @throws ArtifactError `STORE_UNAVAILABLE`; ConfigError `CONFIG_INVALID` for a bucket that cannot do what is asked of it
 */
export async function openStore(
  { store: settings, linkSeconds }: PlatformSettings,
  patience: Patience = PATIENCE,
): Promise<Pick<Platform, 'store' | 'presign'>> {
  if ('bucket' in settings) return openBucket(settings, linkSeconds, patience)
  const { FsArtifactStore } = await import('@aibomgen/storage/fs')
  return { store: new FsArtifactStore(settings.directory) }
}

async function openBucket(
  settings: S3Settings,
  linkSeconds: number,
  { connectSeconds, silenceSeconds }: Patience,
): Promise<Pick<Platform, 'store' | 'presign'>> {
  const [{ S3Client }, { S3ArtifactLinker, S3ArtifactStore }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aibomgen/storage/s3'),
  ])
  const { bucket, prefix, region, credentials, publicEndpoint, objectLock } = settings
  const locationAt = (endpoint: string | undefined): ConstructorParameters<typeof S3ArtifactStore>[0] => ({
    bucket,
    prefix,
    client: new S3Client({
      region,
      ...(credentials && { credentials }),
      // Servers other than AWS have no host name for each bucket.
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      // A server that no longer answers is one that is away, and its requests are made again.
      requestHandler: { connectionTimeout: connectSeconds * 1000, socketTimeout: silenceSeconds * 1000 },
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  })
  const store = new S3ArtifactStore(
    locationAt(settings.endpoint),
    objectLock === undefined ? {} : { objectLock: { ...objectLock, clock: systemClock } },
  )
  await store.assertReady()
  if (publicEndpoint === undefined) return { store }
  const linker = new S3ArtifactLinker(locationAt(publicEndpoint))
  return {
    store,
    presign: async ({ sha256 }, filename) => {
      return (await linker.presign(sha256, { filename, expiresInSeconds: linkSeconds })).href
    },
  }
}
