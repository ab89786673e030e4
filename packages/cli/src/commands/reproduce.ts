/** `aibomgen reproduce`. @module */

import { dirname, join, resolve } from 'node:path'

import { ConfigError, VerificationError } from '@aibomgen/core'
import { readFileParts } from '@aibomgen/core/node'
import { assertOutputFree, createWorkspaces, reproduceRelease } from '@aibomgen/pipeline'
import { DEFAULT_LIMITS } from '@aibomgen/trainer'
import { verifyRelease, type ReleaseSubject, type VerifyDeps } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeIsolation } from '../compose-isolation.ts'
import { composeHome, composeProbes, systemClock } from '../compose.ts'
import { describeReproduction } from '../describe-reproduction.ts'
import { readSigners } from '../home/generation.ts'
import { ensureHome } from '../home/home.ts'
import { createScratch, writeThroughScratch } from '../scratch.ts'
import { createProgress } from '../train/progress.ts'
import { listenForStop } from '../train/stop-signals.ts'
import { composeVerification } from '../trusted.ts'
import { addIsolationFlags, readIsolation, readLimits, type IsolationFlags } from './isolation-flags.ts'

interface ReproduceFlags extends CommonFlags, IsolationFlags {
  readonly trust?: string
  readonly out?: string
}

const DIFFERS = 1
const COULD_NOT_TELL = 2

/** Trains a release again and says, signed, whether the same came out. */
export function createReproduceCommand(context: CommandContext): Command {
  const command = createCommand({
    name: 'reproduce',
    summary: '',
    examples: ['aibomgen reproduce release --trust trust-root.json --out reproduction.intoto.jsonl'],
  })
    .argument('<release>', 'a release directory, with its inputs')
    .option('--trust <file>', 'the trust root to go by (the one in AIBOMGEN_HOME)')
    .option('--out <file>', 'where the signed Statement goes (reproduction-<first digits of the job id>.intoto.jsonl)')
  return addIsolationFlags(command)
    .addHelpText('after', '\nExit code: 0 reproduced bit for bit, 1 differs, 2 could not tell.')
    .action(async (release: string, flags: ReproduceFlags) => {
      try {
        await runReproduce(resolve(release), flags, context)
      } catch (error) {
        // Whatever it was, it says nothing about what the training gives.
        if (!(error instanceof ConfigError)) context.exitCode ??= COULD_NOT_TELL
        throw error
      }
    })
}

async function runReproduce(directory: string, flags: ReproduceFlags, context: CommandContext): Promise<void> {
  const { home, passphrase } = context.config
  const deps = await composeVerification(home, flags.trust)
  const isolation = await composeIsolation(
    readIsolation(flags, context.config),
    context.config.container,
    context.config.environment,
  )
  const limits = { ...DEFAULT_LIMITS, ...readLimits(flags) }
  const { reader, subject } = await openVerified(directory, deps)
  const out = resolve(flags.out ?? `reproduction-${subject.jobId.slice(0, 8)}.intoto.jsonl`)
  await assertOutputFree(out)

  const { generation } = await ensureHome(home, composeHome(context))
  const { worker } = await readSigners(generation, ['worker'], passphrase)
  using stop = listenForStop()
  await using scratch = await createScratch(dirname(out))
  using progress = createProgress(context.output.stderr)
  const { reproduction, statement } = await reproduceRelease(
    { subject, reader, open: (name) => readFileParts(join(directory, name)) },
    {
      isolation,
      probes: await composeProbes(scratch.directory),
      clock: systemClock,
      workspaces: createWorkspaces(join(scratch.directory, 'workspaces')),
      trustRoot: deps.trustRoot.root,
      signer: worker,
    },
    {
      limits,
      keySeparation: 'single-host',
      requireIsolation: flags.requireIsolation,
      signal: stop.signal,
      onEvent: progress.onEvent,
      onLog: () => undefined,
    },
  )
  await writeThroughScratch(out, statement)
  show(context, flags, {
    json: () => ({ ...reproduction, statement: out, signer: worker.publicKey.keyid }),
    text: () => `${describeReproduction(reproduction, context.output)}\n  statement ${out}`,
  })
  if (reproduction.verdict === 'differs') context.exitCode = DIFFERS
}

/** A release that does not verify says nothing that could be reproduced. */
async function openVerified(
  directory: string,
  deps: VerifyDeps,
): Promise<{ readonly reader: Awaited<ReturnType<typeof openReleaseDirectory>>; readonly subject: ReleaseSubject }> {
  const reader = await openReleaseDirectory(directory)
  const { verdict, checks, subject } = await verifyRelease(reader, deps)
  if (verdict !== 'fail' && subject !== undefined) return { reader, subject }
  const failed = checks.filter(({ status }) => status !== 'pass').map(({ name }) => name)
  const message = `${directory} does not verify: ${failed.join(', ')} (see aibomgen verify)`
  throw new VerificationError('EVIDENCE_MISMATCH', message, { what: directory, expected: 'pass', actual: verdict })
}
