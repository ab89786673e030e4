/** `aibomgen tokens`: API tokens of a server, for machines. @module */

import type { Command } from 'commander'
import * as z from 'zod'

import { createServerClient } from '../client/server-client.ts'
import { createCommand, createGroup, show, type CommandContext, type CommonFlags } from '../command.ts'
import { parseCount } from '../numbers.ts'
import { showOnOneLine } from '../output.ts'

interface ServerFlags extends CommonFlags {
  readonly server?: string
}

interface CreateFlags extends ServerFlags {
  readonly label: string
  readonly owner?: string
  readonly days?: string
  readonly role?: readonly string[]
}

interface ListFlags extends ServerFlags {
  readonly all?: boolean
}

const tokenSchema = z.object({
  id: z.string(),
  owner: z.string(),
  roles: z.array(z.string()),
  label: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  last_used_at: z.string().optional(),
  revoked_at: z.string().optional(),
})
const newTokenSchema = z.object({ token: z.string(), api_token: tokenSchema })
const tokenListSchema = z.object({ tokens: z.array(tokenSchema) })

const SIGNED_IN = '\nAIBOMGEN_TOKEN is the access token of whoever signs in: no API token makes another.'

/** Makes, lists and revokes API tokens. */
export function createTokensCommand(context: CommandContext): Command {
  return createGroup('tokens', '', [
    onServer('create', 'make a token, and print it: it is told once', [
      'aibomgen tokens create --label nightly --days 30 --server https://platform.example',
    ])
      .requiredOption('--label <text>', 'what it is for')
      .option('--days <number>', 'until it runs out, 366 at most (90)')
      .option('--role <role...>', 'what its holder may do: user, operator (user)')
      .option('--owner <user>', 'in whose name it speaks, for operators (yours)')
      .addHelpText('after', SIGNED_IN)
      .action((flags: CreateFlags) => runCreate(flags, context)),
    onServer('list', 'your tokens, the newest first', ['aibomgen tokens list --server https://platform.example'])
      .option('--all', 'everybody’s, for operators')
      .action((flags: ListFlags) => runList(flags, context)),
    onServer('revoke', 'end a token, now', [
      'aibomgen tokens revoke 9f86d081884c7d65 --server https://platform.example',
    ])
      .argument('<id>')
      .action((id: string, flags: ServerFlags) => runRevoke(id, flags, context)),
  ])
}

function onServer(name: string, summary: string, examples: readonly string[]): Command {
  return createCommand({ name, summary, examples }).option('--server <url>', 'of the platform (AIBOMGEN_SERVER)')
}

async function runCreate(flags: CreateFlags, context: CommandContext): Promise<void> {
  const grant = {
    label: flags.label,
    ...(flags.days !== undefined && { lifetime_days: parseCount('--days', flags.days) }),
    ...(flags.role !== undefined && { roles: flags.role }),
    ...(flags.owner !== undefined && { owner: flags.owner }),
  }
  const server = createServerClient(context.config, flags.server)
  const made = await server.read(newTokenSchema, server.api.tokens.$post({ json: grant }))
  context.output.note('this is the only time that the token is shown')
  show(context, flags, { json: () => made, text: () => made.token })
}

async function runList(flags: ListFlags, context: CommandContext): Promise<void> {
  const server = createServerClient(context.config, flags.server)
  const { tokens } = await server.read(
    tokenListSchema,
    server.api.tokens.$get({ query: flags.all === true ? { all: 'true' } : {} }),
  )
  show(context, flags, { json: () => tokens, text: () => tokens.map(describeToken).join('\n') || 'no tokens' })
}

async function runRevoke(id: string, flags: ServerFlags, context: CommandContext): Promise<void> {
  const server = createServerClient(context.config, flags.server)
  const token = await server.read(
    tokenSchema,
    server.api.tokens[':id'].$delete({ param: { id: encodeURIComponent(id) } }),
  )
  show(context, flags, { json: () => token, text: () => describeToken(token) })
}

function describeToken(token: z.output<typeof tokenSchema>): string {
  const { id, owner, roles, label, expires_at, last_used_at, revoked_at } = token
  const state = revoked_at === undefined ? `until ${expires_at}` : `revoked ${revoked_at}`
  const used = last_used_at === undefined ? 'never used' : `used ${last_used_at}`
  return showOnOneLine(`${id}  ${label}  ${owner} (${roles.join(', ')})  ${state}, ${used}`)
}
