/** `aibomgen bom`: AI Bills of Materials, by themselves. @module */

import {
  assertNoRollback,
  parseTimestamp,
  parseWith,
  requireKeyInForce,
  type JsonObject,
  type Problem,
} from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import {
  lintBom,
  MAX_BOM_BYTES,
  parseBom,
  validateBom,
  verifyBomSignature,
  verifyDetachedSignature,
  type LintFinding,
} from '@aibomgen/bom'
import type { Command } from 'commander'
import * as z from 'zod'

import { createCommand, createGroup, show, type CommandContext, type CommonFlags } from '../command.ts'
import { describeBom } from '../describe-bom.ts'
import { showOnOneLine } from '../output.ts'
import { composeVerification } from '../trusted.ts'

interface VerifyFlags extends CommonFlags {
  readonly sig?: string
  readonly trust?: string
}

const SIGNATURE_BYTES = 64

/** What is needed of a signed AIBoM to say whose it is, and when it was made. */
const signedSchema = z.looseObject({
  serialNumber: z.string().optional(),
  metadata: z.looseObject({ timestamp: z.string().transform((text) => parseTimestamp(text)) }),
  signature: z.looseObject({ keyId: z.string() }),
})

const UNVERIFIED = 'nothing of this is verified: see aibomgen verify'

/** Shows, validates, lints and verifies AIBoMs. */
export function createBomCommand(context: CommandContext): Command {
  return createGroup('bom', '', [
    createCommand({ name: 'show', summary: 'what an AIBoM says', examples: ['aibomgen bom show release/aibom.json'] })
      .argument('<file>')
      .action((file: string, flags: CommonFlags) => runShow(file, flags, context)),
    createCommand({
      name: 'validate',
      summary: 'against the official CycloneDX schema, 1.6 or 1.7',
      examples: ['aibomgen bom validate release/aibom.json'],
    })
      .argument('<file...>')
      .action((files: readonly string[], flags: CommonFlags) => runJudge(validateBom, files, flags, context)),
    createCommand({
      name: 'lint',
      summary: 'what the schema accepts and what is wrong all the same',
      examples: ['aibomgen bom lint release/aibom.json'],
    })
      .argument('<file...>')
      .addHelpText('after', '\nExit code: 0 no error, though there may be warnings; 1 an error.')
      .action((files: readonly string[], flags: CommonFlags) => runJudge(lintBom, files, flags, context)),
    createCommand({
      name: 'verify',
      summary: 'the signature inside an AIBoM, and the detached one',
      examples: ['aibomgen bom verify aibom.json --sig aibom.sig --trust trust-root.json'],
    })
      .argument('<file>')
      .option('--sig <file>', 'the detached signature over the exact bytes')
      .option('--trust <file>', 'the trust root to go by (the one in AIBOMGEN_HOME)')
      .addHelpText(
        'after',
        '\nWhat an AIBoM says is held against its evidence by aibomgen verify, and by nothing else.',
      )
      .action((file: string, flags: VerifyFlags) => runVerify(file, flags, context)),
  ])
}

async function runShow(file: string, flags: CommonFlags, context: CommandContext): Promise<void> {
  const bom = parseBom(await readFileBounded(file, MAX_BOM_BYTES))
  show(context, flags, {
    json: () => bom,
    text: () => `${describeBom(bom)}\n\n${context.output.style('dim', UNVERIFIED)}`,
  })
}

/** Judges each file. A problem makes it invalid, unless it is a finding that is no error. */
async function runJudge(
  judge: (bom: JsonObject) => readonly (Problem | LintFinding)[],
  files: readonly string[],
  flags: CommonFlags,
  context: CommandContext,
): Promise<void> {
  const { output } = context
  const results: { readonly file: string; readonly valid: boolean; readonly problems: readonly Problem[] }[] = []
  for (const file of files) {
    const problems = judge(parseBom(await readFileBounded(file, MAX_BOM_BYTES)))
    const valid = problems.every((problem) => 'severity' in problem && problem.severity === 'warning')
    results.push({ file, valid, problems })
  }
  show(context, flags, {
    json: () => results,
    text: () =>
      results
        .flatMap(({ file, valid, problems }) => [
          `${valid ? output.style('green', '✓') : output.style('red', '✗')} ${showOnOneLine(file)}`,
          ...problems.map((problem) => showOnOneLine(`  ${describeJudged(problem)}`)),
        ])
        .join('\n'),
  })
  if (results.some(({ valid }) => !valid)) context.exitCode = 1
}

function describeJudged(problem: Problem | LintFinding): string {
  const { path, expected, got } = problem
  const said = `${path || 'document'}: expected ${expected}, got ${got}`
  return 'severity' in problem ? `${problem.severity} ${problem.rule}: ${said}` : said
}

async function runVerify(file: string, flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { trustRoot, heldTrustRoot } = await composeVerification(context.config.home, flags.trust)
  if (heldTrustRoot !== undefined) assertNoRollback(heldTrustRoot, trustRoot)
  const bytes = await readFileBounded(file, MAX_BOM_BYTES)
  const issuers = trustRoot.root.keys.filter(({ role }) => role === 'issuer').map(({ key }) => key)
  const { metadata, signature, serialNumber } = parseWith(signedSchema, await verifyBomSignature(bytes, issuers), file)
  const issuer = requireKeyInForce(trustRoot.root, signature.keyId, 'issuer', metadata.timestamp)
  if (flags.sig !== undefined) {
    await verifyDetachedSignature(bytes, await readFileBounded(flags.sig, SIGNATURE_BYTES), [issuer])
  }
  const verified = flags.sig === undefined ? ['JSF'] : ['JSF', 'detached']
  const result = { file, verified, issuedAt: metadata.timestamp, issuerKeyid: issuer.keyid, serialNumber }
  show(context, flags, {
    json: () => result,
    text: () =>
      `${context.output.style('green', 'pass')}: ${verified.join(' and ')} signature by issuer ` +
      `${result.issuerKeyid.slice(0, 16)}, issued ${result.issuedAt}`,
  })
}
