/** Tokens for machines: shown once, kept as a digest, revocable. @module */

import {
  addDays,
  parseWith,
  sha256Hex,
  toBase64Url,
  utf8Encode,
  VerificationError,
  type Sha256Hex,
  type Timestamp,
} from '@aibomgen/core'
import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import * as z from 'zod'

import type { Database } from '../jobs/database.ts'
import { USER_ROLES, type Principal, type UserRole } from './principal.ts'
import { apiTokens } from './token-table.ts'

/** How every API token begins, so that people and secret scanners know one when they see it. */
export const API_TOKEN_PREFIX = 'aibomgen_'

/** What a token is to be: whose, what it may do, what it is for, and for how long. */
export interface ApiTokenGrant {
  /** The user in whose name it speaks: 1 to 600 printable characters. */
  readonly owner: string
  /** At least one. */
  readonly roles: readonly UserRole[]
  /** What it is for: 1 to 100 printable characters. */
  readonly label: string
  /** 1 to 366: a token that never ends is one that nobody looks after. */
  readonly lifetimeDays: number
}

/** What is known of a token. The token itself is not. */
export interface ApiToken {
  /** The first 16 hex digits of the token's SHA-256: names it, and lets nobody in. */
  readonly id: string
  readonly owner: string
  readonly roles: readonly UserRole[]
  readonly label: string
  readonly createdAt: Timestamp
  readonly expiresAt: Timestamp
  /** To the minute. */
  readonly lastUsedAt?: Timestamp
  readonly revokedAt?: Timestamp
}

const SECRET_BYTES = 32
const TOKEN_ID = /^[0-9a-f]{16}$/
const TOKEN_FORM = /^aibomgen_[A-Za-z0-9_-]{43}$/
const MINUTE_MILLISECONDS = 60_000

const printable = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'printable text')

const grantSchema = z.strictObject({
  owner: printable.max(600),
  roles: z.array(z.enum(USER_ROLES)).min(1),
  label: printable.max(100),
  lifetimeDays: z.int().min(1).max(366),
})

/**
 * A new token and what is known of it. The token is in this answer and nowhere else.
 *
 * @param secret - 32 bytes from a good random source, never used before
 * @throws ParseError `DOCUMENT_INVALID`
 */
export async function createApiToken(
  database: Database,
  grant: ApiTokenGrant,
  secret: Uint8Array,
): Promise<{ readonly token: string; readonly apiToken: ApiToken }> {
  if (secret.length !== SECRET_BYTES) throw new TypeError(`expected a secret of ${SECRET_BYTES} bytes`)
  const { owner, roles, label, lifetimeDays } = parseWith(grantSchema, grant, 'API token')
  const token = API_TOKEN_PREFIX + toBase64Url(secret)
  const sha256 = digestOf(token)
  const createdAt = database.clock.now()
  const row = { id: sha256.slice(0, 16), owner, roles, label, createdAt, expiresAt: addDays(createdAt, lifetimeDays) }
  await database.transact((transaction) => transaction.insert(apiTokens).values({ ...row, sha256 }))
  return { token, apiToken: row }
}

/**
 * Nothing, when `principal` may have the token that `grant` describes: in its own name, unless it is an operator; with
 * roles that it has itself; and not by means of another token, for else a token that leaked would survive its
 * revocation.
 *
 * @throws VerificationError `ACCESS_DENIED`
 */
export function assertMayGrant(principal: Principal, grant: ApiTokenGrant): void {
  const isOperator = principal.roles.includes('operator')
  if (principal.kind === 'token') throw deny('an API token may not create another')
  if (grant.owner !== principal.id && !isOperator) throw deny('a token in the name of somebody else')
  const beyond = grant.roles.find((role) => !principal.roles.includes(role))
  if (beyond !== undefined) throw deny(`a token with role ${beyond}, which its creator has not`)
}

/** Tokens, the newest first: of `owner`, or everybody's. Revoked and expired ones are among them. */
export async function listApiTokens(database: Database, owner?: string): Promise<readonly ApiToken[]> {
  const rows = await database.db
    .select()
    .from(apiTokens)
    .where(owner === undefined ? undefined : eq(apiTokens.owner, owner))
    .orderBy(desc(apiTokens.createdAt), apiTokens.id)
  return rows.map(toApiToken)
}

/**
 * The token, revoked: it lets nobody in from now on. Revoking it again changes nothing.
 *
 * @param owner - whose it must be; anybody's unless said
 * @returns nothing where there is no such token
 */
export async function revokeApiToken(database: Database, id: string, owner?: string): Promise<ApiToken | undefined> {
  // What no token is called may hold what no database takes.
  if (!TOKEN_ID.test(id)) return undefined
  const isIt = and(eq(apiTokens.id, id), owner === undefined ? undefined : eq(apiTokens.owner, owner))
  return database.transact(async (transaction) => {
    await transaction
      .update(apiTokens)
      .set({ revokedAt: database.clock.now() })
      .where(and(isIt, isNull(apiTokens.revokedAt)))
    const [row] = await transaction.select().from(apiTokens).where(isIt)
    return row && toApiToken(row)
  })
}

/**
 * Who `token` speaks for: its owner, with the token's roles. The use is noted, once a minute at most.
 *
 * @throws VerificationError `TOKEN_REFUSED` where it is malformed, unknown, expired or revoked
 */
export async function authenticateApiToken(database: Database, token: string): Promise<Principal> {
  if (!TOKEN_FORM.test(token)) throw refuse('form')
  // Found by its digest: how long the search takes tells nothing about the tokens that there are.
  const [row] = await database.db
    .select()
    .from(apiTokens)
    .where(eq(apiTokens.sha256, digestOf(token)))
  if (row === undefined) throw refuse('unknown')
  const now = database.clock.now()
  if (row.revokedAt !== null) throw refuse('revoked')
  if (!(now < row.expiresAt)) throw refuse('expired')
  const isNoted = row.lastUsedAt !== null && Date.parse(now) - Date.parse(row.lastUsedAt) < MINUTE_MILLISECONDS
  if (!isNoted) {
    await database.db
      .update(apiTokens)
      .set({ lastUsedAt: now })
      .where(and(eq(apiTokens.id, row.id), or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, now))))
  }
  return { id: row.owner, roles: row.roles, kind: 'token', tokenId: row.id }
}

function digestOf(token: string): Sha256Hex {
  return sha256Hex(utf8Encode(token))
}

function toApiToken(row: typeof apiTokens.$inferSelect): ApiToken {
  const { sha256: _, lastUsedAt, revokedAt, ...known } = row
  return {
    ...known,
    ...(lastUsedAt === null ? {} : { lastUsedAt }),
    ...(revokedAt === null ? {} : { revokedAt }),
  }
}

function refuse(reason: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', `API token refused: ${reason}`, { reason })
}

function deny(what: string): VerificationError {
  return new VerificationError('ACCESS_DENIED', `not allowed: ${what}`, { reason: what })
}
