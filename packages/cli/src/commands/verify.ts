/** `aibomgen verify`. @module */

import { collectBytes, ConfigError } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import {
  createBundleReader,
  MAX_BUNDLE_BYTES,
  MAX_DOCUMENT_BYTES,
  parseEvidenceBundle,
  verifyRelease,
  type ReleaseReader,
  type ReproductionEvidence,
  type Verdict,
  type VerificationReport,
} from '@aibomgen/verify'
import { Option, type Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { describeReport } from '../describe-report.ts'
import { describeReproduction } from '../describe-reproduction.ts'
import { describeFiles, openRelease } from '../open-release.ts'
import type { Output } from '../output.ts'
import { composeVerification, readTrustRoot } from '../trusted.ts'

interface VerifyFlags extends CommonFlags {
  readonly server?: string
  readonly trust?: string
  readonly file: readonly string[]
  readonly layout?: string
  readonly layoutInForce: 'now' | 'release'
  readonly evidenceOnly?: boolean
  readonly reproduction?: string
  readonly reproductionTrust?: string
}

const PASS = 0
const FAIL = 1
const COULD_NOT_TELL = 2

/** Judges a release by a trust root that the verifier holds. */
export function createVerifyCommand(context: CommandContext): Command {
  return createCommand({
    name: 'verify',
    summary: '',
    examples: [
      'aibomgen verify release --trust trust-root.json',
      'aibomgen verify release.aibundle --trust trust-root.json --file model.keras',
      'aibomgen verify release --reproduction reproduction.intoto.jsonl --reproduction-trust their-trust-root.json',
      'aibomgen verify 6f1a… --server https://aibom.example.org --trust trust-root.json --evidence-only',
    ],
  })
    .argument('<release>', 'a release directory or an evidence bundle; with --server, the id of a job there')
    .option('--server <url>', 'fetch the evidence from this server; it is judged here, by your own trust root')
    .option('--trust <file>', 'the trust root to go by (the one in AIBOMGEN_HOME)')
    .option('--file <file...>', 'files that came apart from the release, matched by digest', [])
    .option('--layout <file>', 'a layout to hold the release to, instead of its own')
    .addOption(
      new Option('--layout-in-force <time>', 'when the layout must be in force')
        .choices(['release', 'now'])
        .default('release'),
    )
    .option('--evidence-only', 'pass without the trained model at hand')
    .option(
      '--reproduction <file>',
      'what "reproduce" signed about this release; who signed it must be a worker you trust',
    )
    .option(
      '--reproduction-trust <file>',
      'the trust root of whoever reproduced it (the one that the release is judged by)',
    )
    .addHelpText(
      'after',
      '\nExit code: 0 pass, 1 fail, 2 could not tell. A reproduction that differs, and is signed, passes: it is shown.',
    )
    .action((release: string, flags: VerifyFlags) => runVerify(release, flags, context))
}

async function runVerify(path: string, flags: VerifyFlags, context: CommandContext): Promise<void> {
  const deps = await composeVerification(context.config.home, flags.trust)
  const release = flags.server === undefined ? await openRelease(path) : await fetchRelease(path, flags.server, context)
  const report = await verifyRelease(release, deps, {
    layoutInForce: flags.layoutInForce,
    layout: flags.layout === undefined ? undefined : await readFileBounded(flags.layout, MAX_DOCUMENT_BYTES),
    files: await describeFiles(flags.file),
    reproduction: await readReproduction(flags),
  })
  show(context, flags, { json: () => report, text: () => describe(report, context.output) })
  context.exitCode = exitCodeOf(report.verdict, flags.evidenceOnly === true)
}

async function readReproduction({
  reproduction,
  reproductionTrust,
}: VerifyFlags): Promise<ReproductionEvidence | undefined> {
  if (reproduction === undefined) {
    if (reproductionTrust === undefined) return undefined
    const reason = '--reproduction-trust needs --reproduction'
    throw new ConfigError('USAGE', `verify: ${reason}`, { argument: 'reproduction', reason })
  }
  return {
    statement: await readFileBounded(reproduction, MAX_DOCUMENT_BYTES),
    trustRoot: reproductionTrust === undefined ? undefined : (await readTrustRoot(reproductionTrust)).root,
  }
}

function describe(report: VerificationReport, output: Output): string {
  const { reproduction } = report
  const found = reproduction === undefined ? [] : ['', describeReproduction(reproduction, output)]
  return [describeReport(report, output), ...found].join('\n')
}

/** The evidence of a job on a server, held in memory. Loaded when asked for: to verify offline takes none of it. */
async function fetchRelease(id: string, url: string, { config }: CommandContext): Promise<ReleaseReader> {
  const { createServerClient, readBody } = await import('../client/server-client.ts')
  const server = createServerClient(config, url)
  const response = await server.fetch(`/jobs/${encodeURIComponent(id)}/release`)
  const bundle = await collectBytes(readBody(server.url, response), MAX_BUNDLE_BYTES)
  return createBundleReader(parseEvidenceBundle(bundle))
}

function exitCodeOf(verdict: Verdict, evidenceIsEnough: boolean): number {
  switch (verdict) {
    case 'pass':
      return PASS
    case 'fail':
      return FAIL
    case 'evidence-only':
      return evidenceIsEnough ? PASS : COULD_NOT_TELL
  }
}
