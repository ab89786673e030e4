/** API tokens, for machines: made, listed and revoked by those in whose name they speak, and by operators. @module */

import { parseWith, VerificationError } from '@aibomgen/core'
import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import {
  assertMayGrant,
  createApiToken,
  listApiTokens,
  revokeApiToken,
  type ApiToken,
  type ApiTokenGrant,
} from '../../auth/api-tokens.ts'
import { hasRole, USER_ROLES, type UserRole } from '../../auth/principal.ts'
import type { AppDeps } from '../app-deps.ts'
import { readJsonBody } from '../json-body.ts'
import { answerOf, jsonBody, leftOut, problemAnswers, type Router } from '../openapi.ts'

/** A token, as it is told of. The token itself is not. */
export interface TokenAnswer {
  readonly id: string
  readonly owner: string
  readonly roles: readonly UserRole[]
  readonly label: string
  readonly created_at: string
  readonly expires_at: string
  readonly last_used_at?: string
  readonly revoked_at?: string
}

/** A token that was just made: in this answer and nowhere else. */
export interface NewTokenAnswer {
  readonly token: string
  readonly api_token: TokenAnswer
}

/** Tokens, the newest first, revoked and expired ones among them. */
export interface TokenListAnswer {
  readonly tokens: readonly TokenAnswer[]
}

const tokenSchema: z.ZodType<TokenAnswer> = z
  .object({
    id: z.string(),
    owner: z.string(),
    roles: z.array(z.enum(USER_ROLES)),
    label: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
    last_used_at: leftOut(z.string()),
    revoked_at: leftOut(z.string()),
  })
  .meta({ id: 'ApiToken' })
const newTokenSchema: z.ZodType<NewTokenAnswer> = z
  .object({ token: z.string(), api_token: tokenSchema })
  .meta({ id: 'NewApiToken' })
const tokenListSchema: z.ZodType<TokenListAnswer> = z
  .object({ tokens: z.array(tokenSchema) })
  .meta({ id: 'ApiTokenList' })

const DEFAULT_LIFETIME_DAYS = 90

const grantSchema = z.strictObject({
  owner: z.string().exactOptional(),
  roles: z.array(z.enum(USER_ROLES)).default(['user']),
  label: z.string(),
  lifetime_days: z.number().default(DEFAULT_LIFETIME_DAYS),
})

const createTokenRoute = createRoute({
  method: 'post',
  path: '/tokens',
  tags: ['tokens'],
  summary: 'Make an API token',
  description:
    'In the caller’s own name; an operator may say another `owner`. With no role that its maker has not, and never by ' +
    'means of another API token. The token is in the answer and nowhere else: the server keeps its digest.',
  request: {
    body: jsonBody({
      type: 'object',
      additionalProperties: false,
      required: ['label'],
      properties: {
        owner: { type: 'string', minLength: 1, maxLength: 600 },
        roles: { type: 'array', items: { enum: [...USER_ROLES] }, default: ['user'] },
        label: { type: 'string', minLength: 1, maxLength: 100 },
        lifetime_days: { type: 'integer', minimum: 1, maximum: 366, default: DEFAULT_LIFETIME_DAYS },
      },
    }),
  },
  responses: { 201: answerOf('The token', newTokenSchema), ...problemAnswers(400, 401, 403, 413) },
})
const listTokensRoute = createRoute({
  method: 'get',
  path: '/tokens',
  tags: ['tokens'],
  summary: 'List API tokens',
  request: {
    query: z.object({
      all: z.enum(['true', 'false']).default('false').meta({ description: 'Everybody’s tokens, for operators' }),
    }),
  },
  responses: { 200: answerOf('Tokens', tokenListSchema), ...problemAnswers(400, 401, 403) },
})
const revokeTokenRoute = createRoute({
  method: 'delete',
  path: '/tokens/{id}',
  tags: ['tokens'],
  summary: 'Revoke an API token',
  description: 'It lets nobody in from now on.',
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: answerOf('The token', tokenSchema), ...problemAnswers(401, 403, 404) },
})

/** Adds the routes. */
export function addTokens(router: Router, { database, newSecret }: AppDeps): void {
  router.openapi(createTokenRoute, async (context) => {
    const principal = context.get('principal')
    const asked = parseWith(grantSchema, await readJsonBody(context.req.raw), 'request')
    const grant: ApiTokenGrant = {
      owner: asked.owner ?? principal.id,
      roles: asked.roles,
      label: asked.label,
      lifetimeDays: asked.lifetime_days,
    }
    assertMayGrant(principal, grant)
    const { token, apiToken } = await createApiToken(database, grant, newSecret())
    context.set('auditSubject', apiToken.id)
    return context.json({ token, api_token: describeToken(apiToken) }, 201, { 'cache-control': 'no-store' })
  })
  router.openapi(listTokensRoute, async (context) => {
    const principal = context.get('principal')
    const isEverybodys = context.req.valid('query').all === 'true' && hasRole(principal, 'operator')
    const tokens = await listApiTokens(database, isEverybodys ? undefined : principal.id)
    return context.json({ tokens: tokens.map(describeToken) }, 200)
  })
  router.openapi(revokeTokenRoute, async (context) => {
    const principal = context.get('principal')
    const { id } = context.req.valid('param')
    const revoked = await revokeApiToken(database, id, hasRole(principal, 'operator') ? undefined : principal.id)
    if (revoked === undefined) {
      throw new VerificationError('TOKEN_NOT_FOUND', `there is no API token ${JSON.stringify(id.slice(0, 100))}`, {
        id: id.slice(0, 100),
      })
    }
    return context.json(describeToken(revoked), 200)
  })
}

function describeToken(token: ApiToken): TokenAnswer {
  const { id, owner, roles, label, createdAt, expiresAt, lastUsedAt, revokedAt } = token
  return {
    id,
    owner,
    roles,
    label,
    created_at: createdAt,
    expires_at: expiresAt,
    ...(lastUsedAt && { last_used_at: lastUsedAt }),
    ...(revokedAt && { revoked_at: revokedAt }),
  }
}
