/** What the platform tells of its AIBoMs, by digest, and of its trust. @module */

import {
  parseSha256Hex,
  publicKeyToPem,
  serializeEnvelope,
  sha256HexSchema,
  utf8Decode,
  type Role,
} from '@aibomgen/core'
import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import { maySee } from '../../auth/principal.ts'
import { findReleasesBySha256 } from '../../jobs/job-records.ts'
import type { AppDeps, PlatformTrust } from '../app-deps.ts'
import { answerOf, leftOut, problemAnswers, type Router } from '../openapi.ts'

/** Which AIBoMs speak of a file. */
export interface AibomsAnswer {
  readonly sha256: string
  readonly aiboms: readonly {
    readonly job_id: string
    /** What the file is to the job: `inputs/dataset`, `outputs/trained_model.keras` … */
    readonly artifacts: readonly string[]
    readonly aibom: { readonly sha256: string; readonly size_bytes: number }
  }[]
}

/** Who may say what on this platform. For whoever decides to believe it; a verifier brings its own. */
export interface TrustAnswer {
  /** `trust-root.json`, its exact text. */
  readonly trust_root: string
  /** `layout.json`, its exact text. */
  readonly layout: string
  readonly keys: readonly {
    readonly role: Role | 'owner'
    readonly keyid: string
    readonly public_key: string
    readonly valid_from: string
    readonly valid_until?: string
    readonly revoked?: { readonly at: string; readonly reason: string }
  }[]
}

const aibomsSchema: z.ZodType<AibomsAnswer> = z
  .object({
    sha256: z.string(),
    aiboms: z.array(
      z.object({
        job_id: z.string(),
        artifacts: z.array(z.string()),
        aibom: z.object({ sha256: z.string(), size_bytes: z.number() }),
      }),
    ),
  })
  .meta({ id: 'Aiboms' })
const trustSchema: z.ZodType<TrustAnswer> = z
  .object({
    trust_root: z.string(),
    layout: z.string(),
    keys: z.array(
      z.object({
        role: z.enum(['owner', 'intake', 'worker', 'issuer']),
        keyid: z.string(),
        public_key: z.string(),
        valid_from: z.string(),
        valid_until: leftOut(z.string()),
        revoked: leftOut(z.object({ at: z.string(), reason: z.string() })),
      }),
    ),
  })
  .meta({ id: 'Trust' })

const aibomsRoute = createRoute({
  method: 'get',
  path: '/aiboms',
  tags: ['verifier'],
  summary: 'Find the AIBoMs that speak of a file',
  description:
    'Of others’ jobs it tells only those whose trained model or AIBoM the file is: who has a model may ask where it is ' +
    'from, and nobody learns who trained on a data set.',
  request: { query: z.object({ sha256: sha256HexSchema.meta({ type: 'string', pattern: '^[0-9a-f]{64}$' }) }) },
  responses: { 200: answerOf('AIBoMs, the youngest first', aibomsSchema), ...problemAnswers(400, 401, 403, 429) },
})
const trustRoute = createRoute({
  method: 'get',
  path: '/trust',
  tags: ['verifier'],
  summary: 'Read trust root, layout and public keys',
  security: [],
  responses: { 200: answerOf('Who may say what here', trustSchema) },
})
/** What is anybody's business who holds the file: whatever may have been handed on. */
const HANDED_ON = ['outputs/trained_model.keras', 'aibom.json']

/** Adds `GET /aiboms`. */
export function addAiboms(router: Router, { database }: AppDeps): void {
  router.openapi(aibomsRoute, async (context) => {
    const sha256 = parseSha256Hex(context.req.valid('query').sha256)
    const principal = context.get('principal')
    const aiboms = (await findReleasesBySha256(database, sha256)).flatMap(({ id, owner, release, inputs }) => {
      const files = [...Object.values(inputs), ...(release?.files ?? [])]
      const names = new Set(files.filter((file) => file.sha256 === sha256).map(({ name }) => name))
      const artifacts = [...names].filter((name) => maySee(principal, owner) || HANDED_ON.includes(name))
      const aibom = release?.files.find(({ name }) => name === 'aibom.json')
      if (artifacts.length === 0 || aibom === undefined) return []
      return [{ job_id: id, artifacts, aibom: { sha256: aibom.sha256, size_bytes: aibom.sizeBytes } }]
    })
    return context.json({ sha256, aiboms }, 200)
  })
}

/** Adds `GET /trust`, which is nobody's secret. */
export function addTrust(router: Router, { readTrust }: AppDeps): void {
  router.openapi(trustRoute, async (context) => context.json(describeTrust(await readTrust()), 200))
}

function describeTrust({ trustRoot, layout }: PlatformTrust): TrustAnswer {
  const { owner, keys } = trustRoot.root
  const tenures = [...owner.keys.map((tenure) => ({ ...tenure, role: 'owner' as const })), ...keys]
  return {
    trust_root: utf8Decode(serializeEnvelope(trustRoot.envelope)),
    layout: utf8Decode(layout),
    keys: tenures.map(({ role, key, validFrom, validUntil, revoked }) => ({
      role,
      keyid: key.keyid,
      public_key: publicKeyToPem(key),
      valid_from: validFrom,
      ...(validUntil && { valid_until: validUntil }),
      ...(revoked && { revoked }),
    })),
  }
}
