/** `aibomgen submit`. @module */

import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'

import { ArtifactError, utf8Encode } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'
import type { Command } from 'commander'
import * as z from 'zod'

import { followRemoteJob } from '../client/follow-job.ts'
import type { RemoteJob } from '../client/remote-job.ts'
import { createServerClient, type ServerClient } from '../client/server-client.ts'
import { show, type CommandContext } from '../command.ts'
import { describeRemoteJob } from '../describe-job.ts'
import { writeThroughScratch } from '../scratch.ts'
import { createProgress } from '../train/progress.ts'
import { listenForStop } from '../train/stop-signals.ts'
import { addJobFlags, readMetadata, readParameters, type JobFlags } from './job-flags.ts'
import { createServerCommand, type ServerFlags } from './remote-job.ts'

interface SubmitFlags extends ServerFlags, JobFlags {
  readonly wait?: boolean
  readonly priority?: string
  readonly receipt?: string
}

const EXIT_FAILED = 3

const submissionSchema = z.looseObject({
  job_id: z.string(),
  receipt: z.object({ name: z.string(), link: z.string() }),
})

/** Submits a job to a server, and waits for it where asked to. */
export function createSubmitCommand(context: CommandContext): Command {
  const command = createServerCommand({
    name: 'submit',
    summary: '',
    examples: [
      'aibomgen submit --server https://aibom.example.org --model model.keras --dataset dataset.csv \\\n' +
        '      --definition definition.yaml --epochs 20 --model-name wine --wait',
    ],
  })
  return addJobFlags(command)
    .option('--wait', 'show progress until the job has ended; stopping to wait does not stop the job')
    .option('--priority <number>', 'from -100 to 100: the highest is begun first; above 0 for operators (0)')
    .option('--receipt <file>', 'where the signed receipt goes: what the server says that it was given')
    .addHelpText('after', '\nExit code: 0 submitted (with --wait: completed), 3 the job failed or was cancelled.')
    .action((flags: SubmitFlags) => runSubmit(flags, context))
}

async function runSubmit(flags: SubmitFlags, context: CommandContext): Promise<void> {
  const server = createServerClient(context.config, flags.server)
  const body = await buildForm(flags)
  const answer = await server.ask(submissionSchema, '/submit_job_by_model_and_data', { method: 'POST', body })
  const { job_id: id, receipt } = answer
  if (flags.receipt !== undefined) await writeThroughScratch(flags.receipt, utf8Encode(receipt.link))
  if (flags.wait !== true) return show(context, flags, { json: () => answer, text: () => id })
  context.output.note(`job ${id}`)
  const job = await waitFor(id, server, context)
  show(context, flags, { json: () => job, text: () => describeRemoteJob(job, context.output) })
  if (job.state === 'failed' || job.state === 'cancelled') context.exitCode = EXIT_FAILED
}

async function waitFor(id: string, server: ServerClient, context: CommandContext): Promise<RemoteJob> {
  using stop = listenForStop()
  using progress = createProgress(context.output.stderr)
  const job = await followRemoteJob(server, id, {
    signal: stop.signal,
    onEpoch: (epoch) => progress.onEvent({ type: 'epoch', ...epoch }),
  })
  if (stop.exitCode !== undefined) context.exitCode = stop.exitCode
  return job
}

/** The form of the original's endpoint. Files are read as they are sent, and never held. */
async function buildForm(flags: SubmitFlags): Promise<FormData> {
  const form = new FormData()
  const texts = { ...readParameters(flags), ...readMetadata(flags), priority: flags.priority }
  for (const [name, value] of Object.entries(texts)) {
    if (value !== undefined) form.set(name, `${value}`)
  }
  const files = { model: flags.model, dataset: flags.dataset, dataset_definition: flags.definition }
  for (const [field, path] of Object.entries(files)) form.set(field, await openFile(path), basename(path))
  return form
}

async function openFile(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path)
  } catch (cause) {
    const reason = reasonOf(cause)
    throw new ArtifactError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { path, reason }, { cause })
  }
}
