/** `aibomgen gc`: keeps house once, now. @module */

import { createAuditLog, createLogger, keepHouse } from '@aibomgen/server'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { systemClock } from '../compose.ts'
import { openPlatformDatabase, openStore } from '../platform/open-platform.ts'
import { readPlatformSettings, type SettingsFlags } from '../platform/settings.ts'
import { listenForStop } from '../train/stop-signals.ts'

interface GcFlags extends CommonFlags, Pick<SettingsFlags, 'config'> {
  readonly dryRun?: boolean
}

/** Takes away artifacts that no job holds, files of old jobs, and uploads that never ended. */
export function createGcCommand(context: CommandContext): Command {
  return createCommand({
    name: 'gc',
    summary: '',
    examples: ['aibomgen gc --dry-run', 'DATABASE_URL=postgres://… AIBOMGEN_STORE=s3://bucket aibomgen gc'],
  })
    .option('--dry-run', 'count what would go, and take nothing away')
    .option('--config <file>', 'settings: YAML, JSON or lines NAME=value (AIBOMGEN_CONFIG)')
    .addHelpText(
      'after',
      '\nAn embedded database is one process’s: its server does this by itself, or is stopped first.',
    )
    .action((flags: GcFlags) => runGc(flags, context))
}

async function runGc(flags: GcFlags, context: CommandContext): Promise<void> {
  const settings = await readPlatformSettings(context.config, flags)
  using stop = listenForStop()
  const logger = createLogger({ level: 'warn', clock: systemClock, service: 'gc' }, context.output.stderr)
  const { store } = await openStore(settings)
  const database = await openPlatformDatabase(settings, logger)
  try {
    const dryRun = flags.dryRun === true
    const deps = { database, store, audit: createAuditLog(database) }
    const report = await keepHouse(deps, { ...settings.housekeeping, dryRun }, stop.signal)
    show(context, flags, {
      json: () => ({ dryRun, ...report }),
      text: () => {
        const { artifactsDeleted, bytesDeleted, artifactsKept, jobsExpired, uploadsSwept } = report
        return [
          `${dryRun ? 'would delete' : 'deleted'}  ${artifactsDeleted} artifacts, ${bytesDeleted} bytes; ${artifactsKept} kept`,
          `${dryRun ? 'would let go of' : 'let go of'}  the files of ${jobsExpired} jobs`,
          ...(dryRun ? [] : [`swept  ${uploadsSwept} uploads that never ended`]),
        ].join('\n')
      },
    })
  } finally {
    await database.close()
  }
}
