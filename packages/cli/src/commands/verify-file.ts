/** `aibomgen verify-file`. @module */

import type { ArtifactDescriptor } from '@aibomgen/core'
import { readAibomClaims, parseBom } from '@aibomgen/bom'
import { MAX_DOCUMENT_BYTES, verifyRelease, type ReleaseReader } from '@aibomgen/verify'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { describeReport } from '../describe-report.ts'
import { describeFiles, openRelease } from '../open-release.ts'
import { showOnOneLine } from '../output.ts'
import { composeVerification } from '../trusted.ts'

interface VerifyFileFlags extends CommonFlags {
  readonly release: string
  readonly trust?: string
}

/** Says which artifact of a release a file is, once the release holds. */
export function createVerifyFileCommand(context: CommandContext): Command {
  return createCommand({
    name: 'verify-file',
    summary: '',
    examples: ['aibomgen verify-file ~/Downloads/model.keras --release release.aibundle --trust trust-root.json'],
  })
    .argument('<file>', 'a model, a data set, metrics …: matched by digest, whatever it is called')
    .requiredOption('--release <path>', 'a release directory or an evidence bundle')
    .option('--trust <file>', 'the trust root to go by (the one in AIBOMGEN_HOME)')
    .addHelpText('after', '\nExit code: 0 the file is an artifact of the release, 1 it is not, 2 could not tell.')
    .action((file: string, flags: VerifyFileFlags) => runVerifyFile(file, flags, context))
}

async function runVerifyFile(path: string, flags: VerifyFileFlags, context: CommandContext): Promise<void> {
  const { output, config } = context
  const deps = await composeVerification(config.home, flags.trust)
  const files = await describeFiles([path])
  const release = await openRelease(flags.release)
  const report = await verifyRelease(release, deps, { files })
  // The file itself is what was asked about: that the model is not at hand does not matter.
  const artifacts = report.verdict === 'fail' ? [] : await findArtifacts(release, files)
  show(context, flags, {
    json: () => ({ file: files[0], artifacts, report }),
    text: () => {
      if (artifacts.length === 0) return describeReport(report, output)
      const about = `job ${report.subject?.jobId ?? 'unknown'}, issued ${report.subject?.timestamp ?? 'unknown'}`
      return `${output.style('green', 'pass')}: ${showOnOneLine(path)} is ${artifacts.join(' and ')} of ${about}`
    },
  })
  context.exitCode = artifacts.length === 0 ? 1 : 0
}

/** Which artifacts a file is, by the words of an AIBoM that was just verified. */
async function findArtifacts(release: ReleaseReader, files: readonly ArtifactDescriptor[]): Promise<readonly string[]> {
  const bytes = await release.read('aibom.json', MAX_DOCUMENT_BYTES)
  const { inputs, outputs, byproducts } = readAibomClaims(parseBom(bytes ?? new Uint8Array()))
  const artifacts = [Object.values(inputs), Object.values(outputs), Object.values(byproducts)]
  return artifacts
    .flat<readonly ArtifactDescriptor[][]>()
    .filter(({ sha256 }) => files.some((file) => file.sha256 === sha256))
    .map(({ name }) => name)
}
