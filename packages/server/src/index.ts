/** Many training jobs: database, queue, workers, and the HTTP API over them. @module */

export {
  AUDIT_OUTCOMES,
  EMPTY_AUDIT_HEAD,
  parseAuditEntry,
  type AuditEntry,
  type AuditEvent,
  type AuditHead,
  type AuditOutcome,
} from './audit/audit-entry.ts'
export { signAuditHead, verifyAuditHead, type DatedAuditHead } from './audit/audit-head.ts'
export { appendAuditEvents, createAuditLog, exportAuditLog, readAuditHead, type AuditLog } from './audit/audit-log.ts'
export { audited, noted, type AuditEnv } from './audit/audited.ts'
export { verifyAuditLog, type AuditExpectations, type AuditLogReport } from './audit/verify-audit-log.ts'
export {
  API_TOKEN_PREFIX,
  assertMayGrant,
  authenticateApiToken,
  createApiToken,
  listApiTokens,
  revokeApiToken,
  type ApiToken,
  type ApiTokenGrant,
} from './auth/api-tokens.ts'
export { createAuthenticator, describeOpenServer, trustEverybody, type Authenticator } from './auth/authenticator.ts'
export { entraProviders, type EntraOptions } from './auth/entra.ts'
export type { Fetch } from './auth/fetch-json.ts'
export {
  oidcProvider,
  TOKEN_ALGORITHMS,
  type OidcOptions,
  type OidcProvider,
  type ProviderOptions,
  type TokenAlgorithm,
} from './auth/oidc-provider.ts'
export { ANONYMOUS, hasRole, maySee, USER_ROLES, VISITOR, type Principal, type UserRole } from './auth/principal.ts'
export { createAccessTokenVerifier, type AccessTokenVerifier } from './auth/verify-access-token.ts'
export { createDashboard, DASHBOARD_POLICY, type DashboardDeps } from './dashboard/create-dashboard.ts'
export { admitVisitors, assertMayRead, requireRole, requireUser } from './http/auth.ts'
export { createRateLimiter, limitCalls, type RateLimit, type RateLimiter } from './http/rate-limits.ts'
export { allowOrigins, refuseForeignPages, securityHeaders, type SecurityOptions } from './http/security-headers.ts'
export { type AppDeps, type AppEnv, type CallKind, type PlatformTrust } from './http/app-deps.ts'
export { createApp } from './http/create-app.ts'
export { addressOf, listen, type Listening, type ListenOptions } from './http/listen.ts'
export type { ArtifactLinks } from './http/artifact-links.ts'
export { createPages } from './http/pages.ts'
export { reviveJob } from './jobs/attempts.ts'
export {
  openDatabase,
  type Database,
  type DatabaseConfig,
  type DatabaseDeps,
  type Queries,
  type Transaction,
} from './jobs/database.ts'
export { listEvents, watchEvents } from './jobs/events.ts'
export { isInfrastructureFailure } from './jobs/infrastructure-failure.ts'
export { runIssuer, type IssuerWorkDeps } from './jobs/issuer.ts'
export {
  deleteFiles,
  findJob,
  findReleasesBySha256,
  listJobs,
  requestCancel,
  selectHeld,
  submitRecord,
  type JobQuery,
  type Submission,
} from './jobs/job-records.ts'
export {
  JOB_STATES,
  type Job,
  type JobEvent,
  type JobEventType,
  type JobFailure,
  type JobProgress,
  type JobRelease,
  type JobState,
  type WorkerIdentity,
  type WorkerReport,
} from './jobs/job.ts'
export { readSharedKey } from './jobs/shared-keys.ts'
export { readLog } from './jobs/logs.ts'
export { queueDepth, type QueueDepth } from './jobs/queue.ts'
export { runWorker, type WorkerDeps, type WorkerOptions } from './jobs/worker.ts'
export { listWorkers } from './jobs/workers.ts'
export {
  createLogger,
  LOG_LEVELS,
  type LineStream,
  type LogFacts,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './operation/logger.ts'
export { createMetrics, type Metrics, type MetricsDeps, type VerificationOutcome } from './operation/metrics.ts'
export { readPlatformState, type PlatformState, type RunLength } from './operation/platform-state.ts'
export { assertClockAgrees, MAX_CLOCK_SKEW_SECONDS } from './jobs/clock-agreement.ts'
export { checkReadiness, type ReadinessCheck, type ReadinessDeps, type ReadinessReport } from './operation/readiness.ts'
export {
  keepHouse,
  runHousekeeping,
  type CollectibleStore,
  type HousekeepingDeps,
  type HousekeepingPolicy,
  type HousekeepingReport,
} from './operation/housekeeping.ts'
export { inSpan, traceRequests, type SpanFacts } from './operation/tracing.ts'
export { createRequestLog, type RequestLogDeps } from './operation/request-log.ts'
