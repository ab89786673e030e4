/** `POST /submit_job_by_model_and_data`: a job, from its form to its receipt. @module */

import { ParseError, utf8Decode, VerificationError, type StoredArtifact } from '@aibomgen/core'
import { parseTrainingJob, submitJob, type StoredSource } from '@aibomgen/pipeline'
import { DEFAULT_TRAINING_PARAMETERS, METADATA_NAMES, STRUCTURED_PARAMETERS } from '@aibomgen/trainer/job'
import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import { hasRole, type Principal } from '../../auth/principal.ts'
import { submitRecord } from '../../jobs/job-records.ts'
import type { AppDeps } from '../app-deps.ts'
import { MAX_TEXT_BYTES, uploadLimitsOf } from '../limits.ts'
import { answerOf, formBody, problemAnswers, type OpenApiObject, type Router } from '../openapi.ts'
import { readForm, type TakenFile } from '../uploads.ts'

/** What a submitter gets. The first three members are the original's. */
export interface SubmitAnswer {
  readonly job_id: string
  readonly status: 'Training started'
  readonly unique_dir: string
  /** The signed `submit_inputs` link: its file name in the release, and its exact text. */
  readonly receipt: { readonly name: string; readonly link: string }
}

const submitAnswerSchema: z.ZodType<SubmitAnswer> = z
  .object({
    job_id: z.string(),
    status: z.literal('Training started'),
    unique_dir: z.string(),
    receipt: z.object({ name: z.string(), link: z.string() }),
  })
  .meta({ id: 'Submission' })

/** Parameters in a form, by how their text is read. */
const NUMBERS = [
  'epochs',
  'validation_split',
  'initial_epoch',
  'batch_size',
  'steps_per_epoch',
  'validation_steps',
  'validation_freq',
  'seed',
] as const
const PARAMETERS = [...NUMBERS, 'shuffle', 'backend', ...STRUCTURED_PARAMETERS] as const
const METADATA = ['framework', ...METADATA_NAMES] as const
const MAX_PRIORITY = 100
const PRIORITY: OpenApiObject = {
  type: 'integer',
  minimum: -MAX_PRIORITY,
  maximum: MAX_PRIORITY,
  default: 0,
  description: 'Jobs of a higher one are begun first. Above 0 it is for operators',
}

/** What a text of parts says, in the API's description. */
const STRUCTURED_DESCRIPTIONS: Readonly<Record<(typeof STRUCTURED_PARAMETERS)[number], string>> = {
  class_weight: 'What each class counts in the training loss, by the class as the data spell it: `0=1,1=5` or JSON',
  early_stopping:
    'monitor, min_delta, patience, mode, baseline, restore_best_weights, start_from_epoch, as in Keras: `patience=5` or JSON',
  reduce_lr_on_plateau:
    'monitor, factor, patience, mode, min_delta, cooldown, min_lr, as in Keras: `patience=3,factor=0.5` or JSON',
}

const submitRoute = createRoute({
  method: 'post',
  path: '/submit_job_by_model_and_data',
  tags: ['developer'],
  summary: 'Submit a training job',
  request: {
    body: formBody({
      files: {
        model: 'A compiled Keras 3 archive, `.keras`',
        dataset: 'The data: `.csv`, `.zip` of images, `.tfrecord`, `.parquet`',
        dataset_definition: 'What the data means, in YAML',
      },
      texts: { ...describeTexts(PARAMETERS), ...describeTexts(METADATA), priority: PRIORITY },
    }),
  },
  responses: {
    200: answerOf('On record, and in the queue', submitAnswerSchema),
    ...problemAnswers(400, 401, 403, 413, 429),
  },
})

/** Adds the route. */
export function addSubmission(router: Router, deps: AppDeps): void {
  const { database, store, clock, intakeSigner, inputLimits, jobQuota } = deps
  const limits = uploadLimitsOf(inputLimits)
  const keep =
    (maxBytes: number) =>
    (bytes: AsyncIterable<Uint8Array>): Promise<StoredArtifact> =>
      store.put(bytes, { maxBytes })

  router.openapi(submitRoute, async (context) => {
    const { files, texts } = await readForm(
      context.req.raw,
      {
        files: {
          model: keep(limits.model),
          dataset: keep(limits.dataset),
          dataset_definition: keep(limits.dataset_definition),
        },
        texts: [...PARAMETERS, ...METADATA, 'priority'],
      },
      context.get('countUpload'),
    )
    const priority = readPriority(texts.get('priority')?.trim() ?? '', context.get('principal'))
    const training = parseTrainingJob(
      {
        parameters: readParameters(texts),
        metadata: select(texts, METADATA),
        files: {
          model: toSource(files.model),
          dataset: toSource(files.dataset),
          definition: toSource(files.dataset_definition),
        },
      },
      { seed: deps.newSeed() },
    )
    const job = await submitJob(training, { store, clock, intakeSigner, newJobId: deps.newId, limits: inputLimits })
    const owner = context.get('principal').id
    const traceParent = context.get('traceParent')
    await submitRecord(database, {
      traceParent,
      job,
      owner,
      priority,
      store,
      ...(jobQuota !== undefined && { quota: jobQuota }),
    })
    context.set('auditSubject', job.id)
    const receipt = { name: job.receipt.name, link: utf8Decode(job.receipt.bytes) }
    return context.json({ job_id: job.id, status: 'Training started' as const, unique_dir: job.id, receipt }, 200)
  })
}

/**
 * The priority that was asked for; 0 where none was.
 *
 * @throws ParseError `PARAMETER_INVALID`; VerificationError `ACCESS_DENIED` for one that puts others' jobs back
 */
function readPriority(text: string, principal: Principal): number {
  if (text === '') return 0
  const priority = Number(text)
  if (!/^[+-]?\d{1,3}$/.test(text) || Math.abs(priority) > MAX_PRIORITY) {
    const expected = `an integer from -${MAX_PRIORITY} to ${MAX_PRIORITY}`
    const got = JSON.stringify(text.slice(0, 100))
    const problems = [{ path: 'priority', expected, got }]
    throw new ParseError('PARAMETER_INVALID', `form: priority: expected ${expected}, got ${got}`, {
      document: 'form',
      problems,
    })
  }
  if (priority > 0 && !hasRole(principal, 'operator')) {
    throw new VerificationError('ACCESS_DENIED', `priority ${priority}: role operator is needed above 0`, {
      reason: 'role operator',
    })
  }
  return priority
}

/** Texts as parameters. A text that is no number stays one, and is refused by its name with the range. */
function readParameters(texts: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(select(texts, PARAMETERS)).map(([name, text]) => [name, readParameter(name, text.trim())]),
  )
}

function readParameter(name: string, text: string): unknown {
  if (NUMBERS.some((number) => number === name)) {
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
  }
  if (name === 'shuffle') {
    const lower = text.toLowerCase()
    return lower === 'true' || lower === '1' ? true : lower === 'false' || lower === '0' ? false : text
  }
  return text
}

/** The texts that were given: a form sends an empty text for what was left out. */
function select(texts: ReadonlyMap<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries([...texts].filter(([name, text]) => names.includes(name) && text.trim() !== ''))
}

function toSource({ name, taken }: TakenFile<StoredArtifact>): StoredSource {
  return { name, stored: taken }
}

function describeTexts(names: readonly string[]): Readonly<Record<string, OpenApiObject>> {
  const defaults: Readonly<Record<string, unknown>> = DEFAULT_TRAINING_PARAMETERS
  const describe = (name: string): OpenApiObject => {
    if (NUMBERS.some((number) => number === name)) return { type: 'number' }
    if (name === 'shuffle') return { type: 'boolean' }
    const structured = STRUCTURED_PARAMETERS.find((parameter) => parameter === name)
    const description = structured === undefined ? {} : { description: STRUCTURED_DESCRIPTIONS[structured] }
    return { type: 'string', maxLength: MAX_TEXT_BYTES, ...description }
  }
  return Object.fromEntries(
    names.map((name) => [name, { ...describe(name), ...(name in defaults && { default: defaults[name] }) }]),
  )
}
