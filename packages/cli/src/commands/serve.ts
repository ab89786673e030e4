/** `aibomgen serve`. @module */

import { once } from 'node:events'

import { describeOpenServer, listen } from '@aibomgen/server'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeHome } from '../compose.ts'
import { ensureHome } from '../home/home.ts'
import { parseCount } from '../numbers.ts'
import { composeApp } from '../platform/compose-app.ts'
import { composeIssuer, composeWorkers, type Work } from '../platform/compose-work.ts'
import { openPlatform } from '../platform/open-platform.ts'
import { readPlatformSettings, type SettingsFlags } from '../platform/settings.ts'
import { workTogether } from '../platform/work-together.ts'
import { listenForStop } from '../train/stop-signals.ts'

interface ServeFlags extends CommonFlags, SettingsFlags {
  readonly workers?: string
  readonly issuer: boolean
}

/** Serves the platform: by itself, or as one process of many. */
export function createServeCommand(context: CommandContext): Command {
  return createCommand({
    name: 'serve',
    summary: '',
    examples: [
      'aibomgen serve',
      'DATABASE_URL=postgres://… AIBOMGEN_STORE=s3://bucket OIDC_ISSUER=… OIDC_AUDIENCE=… \\\n' +
        '      aibomgen serve --host 0.0.0.0 --no-issuer   # with aibomgen worker and aibomgen issuer elsewhere',
    ],
  })
    .option('--host <address>', 'where to listen (127.0.0.1)')
    .option('--port <number>', '0 for any that is free (8000)')
    .option('--workers <number>', 'jobs that train in this process at a time (1; 0 with DATABASE_URL)')
    .option('--no-issuer', 'leave issuing to aibomgen issuer, which needs DATABASE_URL')
    .option('--config <file>', 'settings: YAML, JSON or lines NAME=value (AIBOMGEN_CONFIG)')
    .addHelpText('after', '\nSettings are environment variables, and a file by --config: docs/operation.md lists them.')
    .action((flags: ServeFlags) => runServe(flags, context))
}

async function runServe(flags: ServeFlags, context: CommandContext): Promise<void> {
  const { config, output } = context
  const settings = await readPlatformSettings(config, flags)
  const isEmbedded = settings.databaseUrl === undefined
  const workers = parseWorkers(flags.workers ?? (isEmbedded ? '1' : '0'))
  using stop = listenForStop()
  const { generation, created } = await ensureHome(config.home, composeHome(context))
  if (created) output.note(`made keys, layout and trust root in ${config.home}`)
  const { home, passphrase, environment } = config
  const held = { home, generation, passphrase, environment }
  await using platform = await openPlatform({ settings, ...held, service: 'server', stderr: output.stderr })

  const works: Work[] = []
  works.push(...(await composeWorkers(platform, workers)))
  if (flags.issuer) works.push(await composeIssuer(platform))
  const stopping = new AbortController()
  await using composed = await composeApp(platform, stopping.signal)
  const server = await listen(composed.app, settings)
  const url = settings.publicUrl ?? server.url
  if (settings.providers === undefined) output.note(describeOpenServer(server.url))
  show(context, flags, {
    json: () => ({ url, workers, issuer: flags.issuer, database: platform.database.kind }),
    text: () =>
      `${output.style('bold', url)}  ${workers} ${workers === 1 ? 'worker' : 'workers'}${flags.issuer ? ', issuer' : ''}, ${platform.database.kind}`,
  })
  const serve: Work = async (signal) => {
    if (!signal.aborted) await once(signal, 'abort')
    stopping.abort()
    await server.close()
  }
  await workTogether([serve, ...composed.housekeeping, ...works], stop.signal)
}

function parseWorkers(text: string): number {
  return text === '0' ? 0 : parseCount('--workers', text)
}
