/** `aibomgen init`. @module */

import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeHome } from '../compose.ts'
import { KEY_ROLES, listKeyFiles } from '../home/generation.ts'
import { ensureHome } from '../home/home.ts'

/** Makes keys, layout and trust root where there are none. */
export function createInitCommand(context: CommandContext): Command {
  return createCommand({
    name: 'init',
    summary: '',
    examples: ['aibomgen init', 'AIBOMGEN_HOME=./home AIBOMGEN_PASSPHRASE=… aibomgen init   # key files encrypted'],
  }).action((flags: CommonFlags) => runInit(flags, context))
}

async function runInit(flags: CommonFlags, context: CommandContext): Promise<void> {
  const { home } = context.config
  const { generation, created } = await ensureHome(home, composeHome(context))
  const keys = await listKeyFiles(generation)
  const { version } = generation.trustRoot.root
  show(context, flags, {
    json: () => ({ home, created, trustRootVersion: version, keys }),
    text: () =>
      created
        ? `made ${home}: keys for ${KEY_ROLES.join(', ')}, a layout, and trust-root.json, which verifiers need`
        : `nothing to do: ${home} holds trust root version ${version} and ${keys.length} of ${KEY_ROLES.length} keys`,
  })
}
