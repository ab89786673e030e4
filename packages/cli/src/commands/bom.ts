/** `aibomgen bom`: AI Bills of Materials, by themselves. @module */

import { assertNoRollback, parseTimestamp, parseWith, requireKeyInForce, type Problem } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import { MAX_BOM_BYTES, parseBom, validateBom, verifyBomSignature, verifyDetachedSignature } from '@aibomgen/bom'
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

/** Shows, validates and verifies AIBoMs. */
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
      .action((files: readonly string[], flags: CommonFlags) => runValidate(files, flags, context)),
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

async function runValidate(files: readonly string[], flags: CommonFlags, context: CommandContext): Promise<void> {
  const { output } = context
  const results: { readonly file: string; readonly problems: readonly Problem[] }[] = []
  for (const file of files) {
    results.push({ file, problems: validateBom(parseBom(await readFileBounded(file, MAX_BOM_BYTES))) })
  }
  show(context, flags, {
    json: () => results.map(({ file, problems }) => ({ file, valid: problems.length === 0, problems })),
    text: () =>
      results
        .flatMap(({ file, problems }) => [
          `${problems.length === 0 ? output.style('green', '✓') : output.style('red', '✗')} ${showOnOneLine(file)}`,
          ...problems.map(({ path, expected, got }) =>
            showOnOneLine(`  ${path || 'document'}: expected ${expected}, got ${got}`),
          ),
        ])
        .join('\n'),
  })
  if (results.some(({ problems }) => problems.length > 0)) context.exitCode = 1
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
