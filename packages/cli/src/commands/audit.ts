/** `aibomgen audit`: the record of every call that changed or revealed something. @module */

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'

import { ArtifactError, parseSha256Hex } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'
import { createLogger, exportAuditLog, verifyAuditLog, type AuditHead } from '@aibomgen/server'
import type { Command } from 'commander'

import { createCommand, createGroup, show, type CommandContext, type CommonFlags } from '../command.ts'
import { systemClock } from '../compose.ts'
import { parseCount } from '../numbers.ts'
import { openPlatformDatabase } from '../platform/open-platform.ts'
import { readPlatformSettings, type SettingsFlags } from '../platform/settings.ts'

interface VerifyFlags extends CommonFlags {
  readonly head?: string
  readonly after?: string
}

/** Exports and verifies audit logs. */
export function createAuditCommand(context: CommandContext): Command {
  return createGroup('audit', '', [
    createCommand({
      name: 'export',
      summary: 'write the log as JSON lines, and say where it ends',
      examples: ['aibomgen audit export audit.jsonl', 'DATABASE_URL=postgres://… aibomgen audit export audit.jsonl'],
    })
      .argument('<file>', 'a new file')
      .option('--config <file>', 'settings: YAML, JSON or lines NAME=value (AIBOMGEN_CONFIG)')
      .addHelpText('after', '\nAn embedded database is one process’s: stop the server first.')
      .action((file: string, flags: CommonFlags & SettingsFlags) => runExport(file, flags, context)),
    createCommand({
      name: 'verify',
      summary: 'whether an exported log is the one that was written',
      examples: ['aibomgen audit verify audit.jsonl --head 1207:9f86d081…'],
    })
      .argument('<file>')
      .option('--head <sequence:sha256>', 'an end of the log that was seen before, which it must hold')
      .option('--after <sequence:sha256>', 'the end of the part before this one')
      .action((file: string, flags: VerifyFlags) => runVerify(file, flags, context)),
  ])
}

async function runExport(path: string, flags: CommonFlags & SettingsFlags, context: CommandContext): Promise<void> {
  const settings = await readPlatformSettings(context.config, flags)
  const logger = createLogger({ level: 'warn', clock: systemClock, service: 'audit' }, context.output.stderr)
  const database = await openPlatformDatabase(settings, logger)
  try {
    await using file = await openNew(path)
    // Judged as it is written: what is handed out is known to be whole.
    const { entries, head } = await verifyAuditLog(
      (async function* () {
        for await (const line of exportAuditLog(database)) {
          await file.write(`${line}\n`)
          yield line
        }
      })(),
    )
    await file.sync()
    showHead({ file: path, entries, head }, flags, context)
  } finally {
    await database.close()
  }
}

async function runVerify(path: string, flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { entries, head } = await verifyAuditLog(readLines(path), {
    ...(flags.after !== undefined && { after: parseHead('--after', flags.after) }),
    ...(flags.head !== undefined && { head: parseHead('--head', flags.head) }),
  })
  showHead({ file: path, entries, head }, flags, context)
}

function showHead(
  report: { readonly file: string; readonly entries: number; readonly head: AuditHead },
  flags: CommonFlags,
  context: CommandContext,
): void {
  const { entries, head } = report
  show(context, flags, {
    json: () => report,
    text: () =>
      `${context.output.style('green', 'pass')}: ${entries} entries\nhead  ${head.sequence}:${head.sha256}\n` +
      context.output.style('dim', 'keep the head: with it, a later export can be held to this one'),
  })
}

function parseHead(argument: string, text: string): AuditHead {
  const [sequence = '', sha256 = ''] = text.split(':')
  return { sequence: parseCount(argument, sequence), sha256: parseSha256Hex(sha256) }
}

async function* readLines(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  } catch (cause) {
    const reason = reasonOf(cause)
    throw new ArtifactError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { path, reason }, { cause })
  }
}

async function openNew(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    return await open(path, 'wx', 0o600)
  } catch (cause) {
    const reason = reasonOf(cause)
    if (reason === 'EEXIST') {
      throw new ArtifactError('OUTPUT_EXISTS', `expected nothing at ${path}, got something: name another file`, {
        path,
      })
    }
    throw new ArtifactError('OUTPUT_UNWRITABLE', `cannot write ${path}: ${reason}`, { path, reason }, { cause })
  }
}
