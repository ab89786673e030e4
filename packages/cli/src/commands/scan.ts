/** `aibomgen scan`: looks for vulnerabilities now, whatever the schedule says. @module */

import { join } from 'node:path'

import { createLogger } from '@aibomgen/server'
import { captureEnvironment } from '@aibomgen/trainer/environment'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeHome, composeProbes, systemClock } from '../compose.ts'
import { readSigners } from '../home/generation.ts'
import { ensureHome } from '../home/home.ts'
import { composeEnvironmentScans } from '../platform/environment-scans.ts'
import { readPlatformSettings, type SettingsFlags } from '../platform/settings.ts'
import { writeThroughScratch } from '../scratch.ts'
import { describeScan, summarizeScan } from '../train/run-scan.ts'
import { listenForStop } from '../train/stop-signals.ts'

interface ScanFlags extends CommonFlags, Pick<SettingsFlags, 'config'> {
  readonly out?: string
}

const PROBE_TIMEOUT_SECONDS = 20
/** Nobody could look: neither good nor bad is known. */
const COULD_NOT_TELL = 2

/** Scans the environment that a worker on this machine trains in. */
export function createScanCommand(context: CommandContext): Command {
  return createCommand({ name: 'scan', summary: '', examples: ['aibomgen scan', 'aibomgen scan --out found.json'] })
    .option('--out <file>', 'also write the signed document (an in-toto Statement in DSSE)')
    .option('--config <file>', 'settings: YAML, JSON or lines NAME=value (AIBOMGEN_CONFIG)')
    .addHelpText(
      'after',
      '\nA worker with the same AIBOMGEN_DATA and key names this scan in its next releases.' +
        '\n\nExit code: 0 scanned, whatever was found; 2 nothing could be scanned.',
    )
    .action((flags: ScanFlags) => runScan(flags, context))
}

async function runScan(flags: ScanFlags, context: CommandContext): Promise<void> {
  const { config, output } = context
  const { scans: settings, dataDirectory, logLevel } = await readPlatformSettings(config, flags)
  using stop = listenForStop()
  const { generation } = await ensureHome(config.home, composeHome(context))
  const { worker: signer } = await readSigners(generation, ['worker'], config.passphrase)
  const seen = await captureEnvironment(await composeProbes(process.cwd()), { timeoutSeconds: PROBE_TIMEOUT_SECONDS })
  const { scans } = await composeEnvironmentScans({
    settings,
    directory: join(dataDirectory, 'scans'),
    signer,
    packages: seen.packages,
    environment: config.environment,
    logger: createLogger(
      { level: logLevel === 'info' ? 'error' : logLevel, clock: systemClock, service: 'scan' },
      output.stderr,
    ),
  })
  const scan = await scans.scanNow(stop.signal)
  if (scan.state === 'not scanned') context.exitCode = COULD_NOT_TELL
  else if (flags.out !== undefined) await writeThroughScratch(flags.out, scan.bytes)
  show(context, flags, { json: () => summarizeScan(scan), text: () => describeScan(summarizeScan(scan)) })
}
