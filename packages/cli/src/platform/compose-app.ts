/** The HTTP API of this process, put together. @module */

import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

import {
  addressOf,
  allowOrigins,
  audited,
  checkReadiness,
  createAccessTokenVerifier,
  createApp,
  createAuditLog,
  createAuthenticator,
  createMetrics,
  createPages,
  createRateLimiter,
  createRequestLog,
  limitCalls,
  noted,
  readPlatformState,
  readSharedKey,
  refuseForeignPages,
  runHousekeeping,
  securityHeaders,
  traceRequests,
  trustEverybody,
  type AppDeps,
  type AuditLog,
  type Authenticator,
} from '@aibomgen/server'

import { drawTrainingSeed, systemClock } from '../compose.ts'
import { readLayout, readSigners } from '../home/generation.ts'
import { requireGeneration } from '../home/home.ts'
import { readVersion } from '../package-files.ts'
import type { Work } from './compose-work.ts'
import type { Platform } from './open-platform.ts'

const HEARTBEAT_SECONDS = 15
/** How long database and store may take to answer whether they are there. */
const PROBE_SECONDS = 5
/** A year, once https is what this server is reached by. */
const HSTS_SECONDS = 365 * 24 * 3600

/** The app, and what has to be done once it answers nothing more. */
export interface ComposedApp extends AsyncDisposable {
  readonly app: ReturnType<typeof createApp>
  /** Takes away what nobody needs any more. */
  readonly housekeeping: readonly Work[]
}

/**
 * The app, with the intake's key and no other.
 *
 * @param stopping - aborts when the server stops
 * @throws ConfigError `HOME_INCOMPLETE` without the intake's key
 */
export async function composeApp(platform: Platform, stopping: AbortSignal): Promise<ComposedApp> {
  const { database, store, presign, logger, settings, home, generation, passphrase } = platform
  const { intake } = await readSigners(generation, ['intake'], passphrase)
  const authenticate = composeAuthenticator(platform)
  const metrics = createMetrics({
    readState: () => readPlatformState(database),
    clock: systemClock,
    elapsedSeconds,
    timeoutSeconds: PROBE_SECONDS,
    logger,
  })
  const log = createAuditLog(database, (error) => logger.error('calls are missing in the audit log', { error }))
  const isHttps = settings.publicUrl?.startsWith('https:') === true
  const app = createApp({
    database,
    store,
    clock: systemClock,
    intakeSigner: intake,
    inputLimits: settings.inputLimits,
    newId: randomUUID,
    newSeed: drawTrainingSeed,
    newSecret,
    links: {
      key: await readSharedKey(database, 'artifact links', newSecret),
      lifetimeSeconds: settings.linkSeconds,
      clock: systemClock,
    },
    ...(settings.jobQuota !== undefined && { jobQuota: settings.jobQuota }),
    readTrust: async () => {
      const current = await requireGeneration(home)
      return { trustRoot: current.trustRoot, layout: await readLayout(current) }
    },
    authenticate,
    openVerification: settings.openVerification,
    middleware: [
      traceRequests(),
      createRequestLog({ logger, newRequestId: randomUUID, elapsedSeconds }),
      metrics.middleware,
      securityHeaders(isHttps ? { hstsSeconds: HSTS_SECONDS } : {}),
      allowOrigins(settings.corsOrigins),
      refuseForeignPages(settings.corsOrigins),
    ],
    before: composeGuards(platform, log),
    ...(presign && { presign }),
    ...(settings.publicUrl !== undefined && { publicUrl: settings.publicUrl }),
    stopping,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    checkReadiness: () => checkReadiness({ database, store, random: randomBytes }, { timeoutSeconds: PROBE_SECONDS }),
    metrics: metrics.handler,
    pages: createPages({ database, clock: systemClock }),
    version: await readVersion(),
    onFailure: ({ error, ...request }) => logger.error('a request failed', { ...request, error }),
  })
  const { intervalSeconds } = settings.housekeeping
  const keepHouse: Work = (signal) =>
    runHousekeeping({ database, store, logger, audit: log, holder: randomUUID(), wait }, settings.housekeeping, signal)
  return { app, housekeeping: intervalSeconds === 0 ? [] : [keepHouse], [Symbol.asyncDispose]: () => log.flush() }
}

function composeAuthenticator({ database, settings: { providers } }: Platform): Authenticator {
  if (providers === undefined) return trustEverybody
  return createAuthenticator(database, createAccessTokenVerifier(providers, { fetch, clock: systemClock }))
}

/** What comes before calls that cost, change or reveal something: a limit, so that a flood is not written down, then the audit log. */
function composeGuards({ database, settings }: Platform, log: AuditLog): AppDeps['before'] {
  const limit = (name: string, calls: number) =>
    limitCalls(createRateLimiter({ name, calls, seconds: 60 }, database), addressOf)
  const verifications = limit('verify', settings.verificationsPerMinute)
  return {
    submit: [limit('submit', settings.submissionsPerMinute), audited(log, 'job.submit')],
    verify: [verifications, audited(log, 'release.verify')],
    'look-up': [verifications, audited(log, 'aibom.find', (context) => context.req.query('sha256') ?? '')],
    cancel: [audited(log, 'job.cancel', jobOf)],
    revive: [audited(log, 'job.revive', jobOf)],
    delete: [audited(log, 'job.delete', jobOf)],
    download: [audited(log, 'artifact.download', (context) => context.req.path)],
    link: [audited(log, 'artifact.link', (context) => context.req.path)],
    read: [
      noted(
        log,
        ({ req }) => READS[req.path] ?? 'job.read',
        (context) => context.req.path,
      ),
    ],
    grant: [audited(log, 'token.create')],
    revoke: [audited(log, 'token.revoke', jobOf)],
  }
}

/** What is read where it is no single job. */
const READS: Readonly<Record<string, string>> = {
  '/': 'jobs.list',
  '/jobs': 'jobs.list',
  '/workers': 'workers.list',
  '/tokens': 'tokens.list',
}

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return setTimeout(seconds * 1000, undefined, { signal })
}

function newSecret(): Uint8Array {
  return Uint8Array.from(randomBytes(32))
}

function jobOf(context: Parameters<typeof addressOf>[0]): string {
  return context.req.param('id') ?? ''
}

function elapsedSeconds(): number {
  return performance.now() / 1000
}
