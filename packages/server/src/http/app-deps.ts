/** What the HTTP API is put together from, and what its handlers share. @module */

import type { ArtifactDescriptor, ArtifactStore, Clock, SignedTrustRoot, Signer } from '@aibomgen/core'
import type { InputLimits } from '@aibomgen/pipeline'
import type { Context, Handler, Hono, MiddlewareHandler } from 'hono'

import type { Authenticator } from '../auth/authenticator.ts'
import type { Principal } from '../auth/principal.ts'
import type { Database } from '../jobs/database.ts'
import type { Logger } from '../operation/logger.ts'
import type { ReadinessReport } from '../operation/readiness.ts'
import type { ArtifactLinks } from './artifact-links.ts'

/** Variables of a request, in Hono's context. */
export interface AppVariables {
  /** Names the request in logs, in audit records, in problem details, and in the header `X-Request-Id` of its answer. */
  requestId: string
  /** Who asks. There on every route but the public ones. */
  principal: Principal
  /** Notes what happens while this request is answered. There where the request log is among the middleware. */
  logger: Logger
  /** What a call was about, where its handler alone knows: the id of a job that it has just made. */
  auditSubject?: string
  /** What a verification found: set by its handler. Left unset where there was none, or it was not carried out. */
  verdict?: 'success' | 'failure'
  /** Takes note of bytes of a file that came in, by form field. There where metrics are among the middleware. */
  countUpload?: (field: string, sizeBytes: number) => void
  /** The request's span, for what goes on elsewhere (W3C Trace Context). There where traces are recorded. */
  traceParent?: string
}

/** The type parameter of all our Hono apps. */
export interface AppEnv {
  Variables: AppVariables
}

/** What a verifier on this server holds, and tells to others. */
export interface PlatformTrust {
  readonly trustRoot: SignedTrustRoot
  /** The layout in force, as its file. */
  readonly layout: Uint8Array
}

/** Something that could not be answered for reasons of our own. */
export interface RequestFailure {
  readonly error: unknown
  readonly requestId: string
  readonly method: string
  readonly path: string
}

/** Calls that cost something, change something, or reveal something. */
export type CallKind =
  'submit' | 'verify' | 'look-up' | 'cancel' | 'revive' | 'delete' | 'download' | 'link' | 'read' | 'grant' | 'revoke'

/** What the API needs. All of it comes in: nothing here reads the environment, the clock or randomness by itself. */
export interface AppDeps {
  readonly database: Database
  readonly store: ArtifactStore
  readonly clock: Clock
  readonly intakeSigner: Signer
  readonly inputLimits: InputLimits
  /** A fresh UUID. */
  readonly newId: () => string
  /** A seed for a job that names none; 1 … 2³¹ − 1. */
  readonly newSeed: () => number
  /** 32 fresh random bytes. */
  readonly newSecret: () => Uint8Array
  /** What URLs of artifacts are made with that need no bearer token. */
  readonly links: ArtifactLinks
  /** How many jobs a user may have queued and running. */
  readonly jobQuota?: number
  /** Read anew for each request, so that a rotation needs no restart. */
  readonly readTrust: () => Promise<PlatformTrust>
  readonly authenticate: Authenticator
  /** Whether anybody may verify, and ask for the AIBoM of a file, without saying who they are. */
  readonly openVerification: boolean
  /** Comes before every route, in this order: request log, metrics, security headers, CORS. */
  readonly middleware: readonly MiddlewareHandler<AppEnv>[]
  /** Comes before calls of a kind, once it is known who makes them: rate limits, audit. */
  readonly before: Readonly<Partial<Record<CallKind, readonly MiddlewareHandler<AppEnv>[]>>>
  /** A URL that gives the artifact for a while to whoever has it, where the store makes such. */
  readonly presign?: (artifact: ArtifactDescriptor, fileName: string) => Promise<string>
  /** Where clients reach this server, without a slash at its end; as they asked, when left out. */
  readonly publicUrl?: string
  /** Aborts when the server stops: streams of events end, and their readers go on at another. */
  readonly stopping: AbortSignal
  /** How often an idle stream of events says that it is alive. */
  readonly heartbeatSeconds: number
  readonly checkReadiness: () => Promise<ReadinessReport>
  readonly metrics?: Handler
  /** Pages for people, `/` among them: for those who are signed in. */
  readonly pages?: Hono<AppEnv>
  /** This program's version. */
  readonly version: string
  /** Takes note of what was answered with a status from 500 on. */
  readonly onFailure: (failure: RequestFailure) => void
}

/** A request in one of our handlers. */
export type AppContext = Context<AppEnv>
