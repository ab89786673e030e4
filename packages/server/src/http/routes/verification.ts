/** The original's four verifications. Nothing that is uploaded for one is ever written anywhere. @module */

import {
  collectBytes,
  digestStream,
  sha256Hex,
  VerificationError,
  type BytesIdentity,
  type Sha256Hex,
} from '@aibomgen/core'
import type { ArtifactMap, Link } from '@aibomgen/intoto'
import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import type { AppContext, AppDeps } from '../app-deps.ts'
import { judgeBom, judgeLink, type JudgedLink, type ReleasedJob } from '../find-evidence.ts'
import { boundBytes, uploadLimitsOf } from '../limits.ts'
import { answerOf, formBody, problemAnswers, type Router } from '../openapi.ts'
import { createSharedRuns } from '../shared-runs.ts'
import { readFile } from '../store-release.ts'
import { readForm } from '../uploads.ts'
import {
  checksSchema,
  describeChecks,
  holds,
  reasonOf,
  verificationSchema,
  wordFor,
  type CheckAnswer,
  type VerificationAnswer,
} from './verification-answers.ts'

/** What is told of a link. */
export type LinkAnswer = VerificationAnswer<{
  readonly layout_signature: string
  readonly layout_expiration: string
  readonly link_signatures: string
  readonly threshold_verification: string
  readonly artifact_rules: string
}>

/** What is told of a file: the artifacts of the link that it is. */
export type FileHashAnswer = VerificationAnswer<{
  readonly file_name: string
  readonly hash: { readonly sha256: string }
  readonly artifacts: readonly string[]
}>

/** What is told of the stored bytes of a link's artifacts. A file that was deleted is a mismatch. */
export interface StoredArtifactsAnswer {
  readonly status: 'success' | 'failure'
  readonly message: string
  readonly verified_materials: readonly string[]
  readonly verified_products: readonly string[]
  readonly mismatched_materials: readonly string[]
  readonly mismatched_products: readonly string[]
  readonly checks: readonly CheckAnswer[]
}

/** What is told of an AIBoM. */
export type BomAnswer = VerificationAnswer<{ readonly bom_signature: string; readonly link_file: string }>

const linkAnswerSchema: z.ZodType<LinkAnswer> = verificationSchema(
  'LinkVerification',
  z.object({
    layout_signature: z.string(),
    layout_expiration: z.string(),
    link_signatures: z.string(),
    threshold_verification: z.string(),
    artifact_rules: z.string(),
  }),
)
const fileHashSchema: z.ZodType<FileHashAnswer> = verificationSchema(
  'FileVerification',
  z.object({ file_name: z.string(), hash: z.object({ sha256: z.string() }), artifacts: z.array(z.string()) }),
)
const storedArtifactsSchema: z.ZodType<StoredArtifactsAnswer> = z
  .object({
    status: z.enum(['success', 'failure']),
    message: z.string(),
    verified_materials: z.array(z.string()),
    verified_products: z.array(z.string()),
    mismatched_materials: z.array(z.string()),
    mismatched_products: z.array(z.string()),
    checks: checksSchema,
  })
  .meta({ id: 'StoredArtifactsVerification' })
const bomAnswerSchema: z.ZodType<BomAnswer> = verificationSchema(
  'BomVerification',
  z.object({ bom_signature: z.string(), link_file: z.string() }),
)

const LINK_FIELD = 'An in-toto link of a release, `run_training.<keyid8>.link`'
const problems = problemAnswers(400, 401, 403, 413, 422, 429)
const verifies = <Path extends string>(path: Path, summary: string, files: Readonly<Record<string, string>>) => ({
  method: 'post' as const,
  path,
  summary,
  tags: ['verifier'],
  request: { body: formBody({ files }) },
})

const linkRoute = createRoute({
  ...verifies('/verify_in-toto_link', 'Verify an in-toto link', { link_file: LINK_FIELD }),
  responses: { 200: answerOf('What was found', linkAnswerSchema), ...problems },
})
const fileHashRoute = createRoute({
  ...verifies('/verify_file_hash', 'Verify a file against an in-toto link', {
    link_file: LINK_FIELD,
    uploaded_file: 'The file, whatever it is called',
  }),
  responses: { 200: answerOf('What was found', fileHashSchema), ...problems },
})
const storedArtifactsRoute = createRoute({
  ...verifies('/verify_minio_artifacts', 'Verify what is stored against an in-toto link', { link_file: LINK_FIELD }),
  responses: { 200: answerOf('What was found', storedArtifactsSchema), ...problems },
})
const bomRoute = createRoute({
  ...verifies('/verify_bom_and_link', 'Verify an AIBoM, and everything that it speaks of', {
    bom_file: 'An AIBoM, `aibom.json`',
  }),
  responses: { 200: answerOf('What was found', bomAnswerSchema), ...problems },
})

/** Adds the routes. */
export function addVerification(router: Router, deps: AppDeps): void {
  const limits = uploadLimitsOf(deps.inputLimits)
  const link_file = (bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> => collectBytes(bytes, limits.link_file)
  const uploaded_file = (bytes: AsyncIterable<Uint8Array>): Promise<BytesIdentity> =>
    digestStream(boundBytes(bytes, limits.uploaded_file))
  const bom_file = (bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> => collectBytes(bytes, limits.bom_file)
  const share = createSharedRuns<JudgedLink>()
  const judge = (bytes: Uint8Array): Promise<JudgedLink> => share(sha256Hex(bytes), () => judgeLink(bytes, deps))

  router.openapi(linkRoute, async (context) => {
    const { files } = await readForm(context.req.raw, { files: { link_file }, texts: [] }, context.get('countUpload'))
    const { report } = await judge(files.link_file.taken)
    const details = {
      layout_signature: wordFor(report, ['layout-signature'], 'Verified'),
      layout_expiration: wordFor(report, ['layout-expiry'], 'Valid'),
      link_signatures: wordFor(report, ['link-signatures'], 'Verified'),
      threshold_verification: wordFor(report, ['link-thresholds'], 'Met'),
      artifact_rules: wordFor(report, ['artifact-rules'], 'All rules satisfied'),
    }
    const checks = describeChecks(report)
    return holds(report)
      ? tell(context, { status: 'success', message: 'Verification successful.', details, checks })
      : tell(context, { status: 'failure', message: reasonOf(report, 'link'), details, checks })
  })

  router.openapi(fileHashRoute, async (context) => {
    const shape = { files: { link_file, uploaded_file }, texts: [] }
    const { files } = await readForm(context.req.raw, shape, context.get('countUpload'))
    const { link, report } = await judge(files.link_file.taken)
    const { name, taken } = files.uploaded_file
    // Before the link holds, what it records is nobody's word.
    const artifacts = holds(report) ? artifactsOf(link).filter(({ sha256 }) => sha256 === taken.sha256) : []
    const details = {
      file_name: name,
      hash: { sha256: taken.sha256 },
      artifacts: [...new Set(artifacts.map((artifact) => artifact.name))],
    }
    const checks = describeChecks(report)
    if (!holds(report)) {
      return tell(context, { status: 'failure', message: reasonOf(report, 'link'), details, checks })
    }
    return artifacts.length > 0
      ? tell(context, { status: 'success', message: 'Hash matches the recorded metadata.', details, checks })
      : tell(context, { status: 'failure', message: 'Hash matches nothing that the link records.', details, checks })
  })

  router.openapi(storedArtifactsRoute, async (context) => {
    const { files } = await readForm(context.req.raw, { files: { link_file }, texts: [] }, context.get('countUpload'))
    const { link, source, report } = await judge(files.link_file.taken)
    const checks = describeChecks(report)
    if (source === undefined || !holds(report)) {
      const nothing = {
        verified_materials: [],
        verified_products: [],
        mismatched_materials: [],
        mismatched_products: [],
      }
      return tell(context, { status: 'failure', message: reasonOf(report, 'link'), ...nothing, checks })
    }
    const materials = await compareStored(link.materials, source, deps)
    const products = await compareStored(link.products, source, deps)
    const isWhole = materials.mismatched.length + products.mismatched.length === 0
    return tell(context, {
      status: isWhole ? 'success' : 'failure',
      message: isWhole ? 'All stored artifacts are as recorded.' : 'Some artifacts are gone, or not as recorded.',
      verified_materials: materials.verified,
      verified_products: products.verified,
      mismatched_materials: materials.mismatched,
      mismatched_products: products.mismatched,
      checks,
    })
  })

  router.openapi(bomRoute, async (context) => {
    const { files } = await readForm(context.req.raw, { files: { bom_file }, texts: [] }, context.get('countUpload'))
    const { report } = await judgeBom(files.bom_file.taken, deps)
    const details = {
      bom_signature: wordFor(report, ['bom-signature'], 'Verified'),
      link_file: wordFor(
        report,
        ['link-signatures', 'link-thresholds', 'artifact-rules', 'bom-matches-links'],
        'Verified',
      ),
    }
    const checks = describeChecks(report)
    return holds(report)
      ? tell(context, { status: 'success', message: 'BOM and .link file verification successful.', details, checks })
      : tell(context, { status: 'failure', message: reasonOf(report, 'AIBoM'), details, checks })
  })
}

/** Answers with what was found, and notes it for who counts verifications. */
function tell<Answer extends { readonly status: 'success' | 'failure' }>(context: AppContext, answer: Answer) {
  context.set('verdict', answer.status)
  return context.json(answer, 200)
}

/** Every digest that a link records, of whatever it is. */
function artifactsOf({ materials, products, byproducts }: Link): readonly { name: string; sha256: unknown }[] {
  const digests = [...materials, ...products, ...Object.entries(byproducts)]
  return digests.map(([name, digest]) => ({
    name,
    sha256: typeof digest === 'object' && digest !== null && 'sha256' in digest ? digest.sha256 : undefined,
  }))
}

/** Holds a link's artifacts against the bytes that the store has of them, read and hashed again. */
async function compareStored(
  artifacts: ArtifactMap,
  { job, release }: ReleasedJob,
  { store }: AppDeps,
): Promise<{ verified: readonly string[]; mismatched: readonly string[] }> {
  const files = [...Object.values(job.inputs), ...release.files]
  const verified: string[] = []
  const mismatched: string[] = []
  for (const [name, { sha256 }] of artifacts) {
    const file = files.find((file) => file.sha256 === sha256)
    const isStored = file !== undefined && (await isIntact(() => readFile(store, file, digestStream), file.sha256))
    ;(isStored ? verified : mismatched).push(name)
  }
  return { verified, mismatched }
}

async function isIntact(read: () => Promise<{ sha256: Sha256Hex } | undefined>, expected: Sha256Hex): Promise<boolean> {
  try {
    return (await read())?.sha256 === expected
  } catch (error) {
    if (error instanceof VerificationError) return false
    throw error
  }
}
