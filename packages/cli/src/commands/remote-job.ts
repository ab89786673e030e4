/** `aibomgen status`, `artifacts` and `cancel`: one question to a server about one job. @module */

import type { Command } from 'commander'

import { cancelRemoteJob, readRemoteArtifacts, readRemoteJob, type RemoteJob } from '../client/remote-job.ts'
import { createServerClient } from '../client/server-client.ts'
import { createCommand, show, type CommandContext, type CommandShape, type CommonFlags } from '../command.ts'
import { describeRemoteJob } from '../describe-job.ts'
import { showOnOneLine } from '../output.ts'

/** The flags of every command that asks a server. */
export interface ServerFlags extends CommonFlags {
  readonly server?: string
}

/** A command that asks a server. */
export function createServerCommand(shape: CommandShape): Command {
  return createCommand(shape)
    .option('--server <url>', 'the server to ask (AIBOMGEN_SERVER)')
    .addHelpText('after', '\nA server that asks who you are takes the bearer token in AIBOMGEN_TOKEN.')
}

/** Where a job stands. */
export function createStatusCommand(context: CommandContext): Command {
  const examples = ['aibomgen status 6f1a… --server https://aibom.example.org']
  return createServerCommand({ name: 'status', summary: '', examples })
    .argument('<job>')
    .action(async (id: string, flags: ServerFlags) => {
      showJob(await readRemoteJob(createServerClient(context.config, flags.server), id), flags, context)
    })
}

/** Asks for a job's end. */
export function createCancelCommand(context: CommandContext): Command {
  const examples = ['aibomgen cancel 6f1a… --server https://aibom.example.org']
  return createServerCommand({ name: 'cancel', summary: '', examples })
    .argument('<job>')
    .action(async (id: string, flags: ServerFlags) => {
      showJob(await cancelRemoteJob(createServerClient(context.config, flags.server), id), flags, context)
    })
}

/** What a job made. */
export function createArtifactsCommand(context: CommandContext): Command {
  const examples = ['aibomgen artifacts 6f1a… --server https://aibom.example.org']
  return createServerCommand({ name: 'artifacts', summary: '', examples })
    .argument('<job>')
    .action(async (id: string, flags: ServerFlags) => {
      const artifacts = await readRemoteArtifacts(createServerClient(context.config, flags.server), id)
      show(context, flags, {
        json: () => ({ job_id: id, artifacts }),
        text: () => artifacts.map(showOnOneLine).join('\n') || 'none yet',
      })
    })
}

/** Shows a job. */
export function showJob(job: RemoteJob, flags: CommonFlags, context: CommandContext): void {
  show(context, flags, { json: () => job, text: () => describeRemoteJob(job, context.output) })
}
