/** `aibomgen worker` and `aibomgen issuer`: processes of their own, for a server elsewhere. @module */

import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { requireGeneration } from '../home/home.ts'
import { composeIssuer, composeWorkers, type Work } from '../platform/compose-work.ts'
import { openPlatform, type Platform } from '../platform/open-platform.ts'
import { readPlatformSettings, type SettingsFlags } from '../platform/settings.ts'
import { workTogether } from '../platform/work-together.ts'
import { listenForStop } from '../train/stop-signals.ts'

interface WorkFlags extends CommonFlags, SettingsFlags {}

const NEEDS =
  '\nNeeds DATABASE_URL and AIBOMGEN_STORE, the same as the server, and in AIBOMGEN_HOME the trust root, the layout and\n' +
  'its own key; no other key has to be there.'

/** A worker: trains jobs that the server took. */
export function createWorkerCommand(context: CommandContext): Command {
  return createWorkCommand('worker', (platform) => composeWorkers(platform, 1), context)
}

/** An issuer: verifies what workers recorded, and publishes it. */
export function createIssuerCommand(context: CommandContext): Command {
  return createWorkCommand('issuer', async (platform) => [await composeIssuer(platform)], context)
}

function createWorkCommand(
  name: 'worker' | 'issuer',
  compose: (platform: Platform) => Promise<readonly Work[]>,
  context: CommandContext,
): Command {
  const examples = [`DATABASE_URL=postgres://… AIBOMGEN_STORE=s3://bucket aibomgen ${name}`]
  return createCommand({ name, summary: '', examples })
    .option('--config <file>', 'settings: YAML, JSON or lines NAME=value (AIBOMGEN_CONFIG)')
    .addHelpText('after', NEEDS)
    .action(async (flags: WorkFlags) => {
      const { config, output } = context
      const settings = await readPlatformSettings(config, flags, ['database', 'store'])
      using stop = listenForStop()
      const generation = await requireGeneration(config.home)
      const { home, passphrase, environment } = config
      const held = { home, generation, passphrase, environment }
      await using platform = await openPlatform({ settings, ...held, service: name, stderr: output.stderr })
      const works = await compose(platform)
      show(context, flags, { json: () => ({ role: name }), text: () => `${name} at work` })
      await workTogether(works, stop.signal)
    })
}
