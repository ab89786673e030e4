/** `aibomgen download`. @module */

import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { ArtifactError, createSha256, parseArtifactName } from '@aibomgen/core'
import { assertOutputFree } from '@aibomgen/pipeline'
import type { Command } from 'commander'

import { readRemoteArtifacts } from '../client/remote-job.ts'
import { createServerClient, readBody, type ServerClient } from '../client/server-client.ts'
import { show, type CommandContext } from '../command.ts'
import { showOnOneLine } from '../output.ts'
import { createScratch, writingIn } from '../scratch.ts'
import { createServerCommand, type ServerFlags } from './remote-job.ts'

interface DownloadFlags extends ServerFlags {
  readonly out?: string
  readonly bundle?: string
}

/** Fetches what a job made. Nothing of it is believed: that is for `aibomgen verify`. */
export function createDownloadCommand(context: CommandContext): Command {
  return createServerCommand({
    name: 'download',
    summary: '',
    examples: [
      'aibomgen download 6f1a… --server https://aibom.example.org --out release',
      'aibomgen download 6f1a… --server https://aibom.example.org --bundle release.aibundle',
    ],
  })
    .argument('<job>')
    .argument('[artifacts...]', 'names in the release; all of them when left out')
    .option('--out <directory>', 'where they go: absent or empty (release-<first digits of the job id>)')
    .option('--bundle <file>', 'fetch the evidence alone, as one file')
    .action((id: string, artifacts: readonly string[], flags: DownloadFlags) => run(id, artifacts, flags, context))
}

async function run(
  id: string,
  wanted: readonly string[],
  flags: DownloadFlags,
  context: CommandContext,
): Promise<void> {
  const server = createServerClient(context.config, flags.server)
  const job = `/jobs/${encodeURIComponent(id)}`
  const target = resolve(flags.bundle ?? flags.out ?? `release-${id.slice(0, 8)}`)
  await assertOutputFree(target)
  const names = flags.bundle !== undefined ? [] : wanted.length > 0 ? wanted : await readRemoteArtifacts(server, id)
  await writingIn(dirname(target), () => mkdir(dirname(target), { recursive: true }))
  await using scratch = await createScratch(dirname(target))
  const whole = join(scratch.directory, 'whole')
  if (flags.bundle !== undefined) await fetchTo(whole, `${job}/release`, server)
  // A server says names: none of them may lead out of the directory.
  for (const name of names.map(parseArtifactName)) {
    await fetchTo(join(whole, name), `${job}/artifacts/${name.split('/').map(encodeURIComponent).join('/')}`, server)
  }
  await writingIn(dirname(target), () => rename(whole, target))
  show(context, flags, {
    json: () => ({ job_id: id, path: target, artifacts: names }),
    text: () =>
      `${showOnOneLine(target)}\n\nnext: aibomgen verify ${showOnOneLine(flags.bundle ?? flags.out ?? target)}`,
  })
}

async function fetchTo(path: string, from: string, server: ServerClient): Promise<void> {
  const response = await server.fetch(from)
  const expected = /^"([0-9a-f]{64})"$/.exec(response.headers.get('etag') ?? '')?.[1]
  const hash = createSha256()
  await writingIn(dirname(path), () => mkdir(dirname(path), { recursive: true }))
  await pipeline(async function* () {
    for await (const part of readBody(server.url, response)) {
      hash.update(part)
      yield part
    }
  }, createWriteStream(path))
  const actual = hash.digestHex()
  if (expected === undefined || expected === actual) return
  const message = `${server.url}${from}: expected SHA-256 ${expected}, got ${actual}`
  throw new ArtifactError('ARTIFACT_CORRUPT', message, { expected, actual })
}
