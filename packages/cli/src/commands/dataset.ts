/** `aibomgen dataset`: what was in the data set of a release, proved file by file, row by row or record by record. @module */

import {
  ConfigError,
  createMerkleProver,
  datasetFileLeaf,
  describeDatasetEntry,
  MAX_DATASET_PROOF_BYTES,
  parseDatasetProof,
  serializeDatasetProof,
  sha256Hex,
  utf8Decode,
  VerificationError,
  verifyDatasetProof,
  type DatasetProof,
} from '@aibomgen/core'
import { digestFile, readFileBounded, writeFileAtomic } from '@aibomgen/core/node'
import { proveDatasetRow } from '@aibomgen/trainer'
import type { DatasetManifest } from '@aibomgen/trainer/job'
import type { Command } from 'commander'

import { createCommand, createGroup, show, type CommandContext, type CommonFlags } from '../command.ts'
import { describeReport } from '../describe-report.ts'
import { showOnOneLine } from '../output.ts'
import { readDatasetEvidence, requireRoot } from '../verified-manifest.ts'

interface EvidenceFlags extends CommonFlags {
  readonly release: string
  readonly trust?: string
}

interface ProveFlags extends EvidenceFlags {
  readonly dataset?: string
  readonly row?: number
  readonly out?: string
}

interface CheckFlags extends EvidenceFlags {
  readonly file?: string
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const EXIT_CODES = '\nExit code: 0 it was in the data set, 1 it was not or the release fails, 2 could not tell.'

/** Proves, and checks, that a file, a row or a record was in the data set that a release was trained on. */
export function createDatasetCommand(context: CommandContext): Command {
  const prove = createCommand({
    name: 'prove',
    summary: 'write a proof that a file of an archive, a row of a table or a record was in the data set',
    examples: [
      'aibomgen dataset prove cat/0001.png --release release --dataset images.zip --out proof.json',
      'aibomgen dataset prove --row 17 --release release --dataset wine.csv --out proof.json',
      'aibomgen dataset prove --row 17 --release release --dataset wine.parquet --out proof.json',
    ],
  })
    .argument('[entry]', 'the name of a file in the archive')
    .option(
      '--row <number>',
      'a row, from 1, the header not counted, or a record of a TFRecord file; needs --dataset',
      Number,
    )
    .option('--dataset <file>', 'the data set: it must be the one that was trained on')
    .option('--out <file>', 'where to write the proof (on stdout)')
    .action((entry: string | undefined, flags: ProveFlags) => runProve(entry, flags, context))
  const check = createCommand({
    name: 'check',
    summary: 'verify a proof against a release',
    examples: ['aibomgen dataset check proof.json --release release.aibundle --file 0001.png --trust trust-root.json'],
  })
    .argument('<proof>', 'what "dataset prove" wrote')
    .option('--file <file>', 'a file with what the proof is about, to be held against it')
    .action((proof: string, flags: CheckFlags) => runCheck(proof, flags, context))
  for (const command of [prove, check]) {
    command
      .requiredOption('--release <path>', 'a release directory or an evidence bundle')
      .option('--trust <file>', 'the trust root to go by (the one in AIBOMGEN_HOME)')
      .addHelpText('after', EXIT_CODES)
  }
  return createGroup('dataset', '', [prove, check])
}

async function runProve(entry: string | undefined, flags: ProveFlags, context: CommandContext): Promise<void> {
  const evidence = await readDatasetEvidence(placeOf(flags, context))
  if (!('manifest' in evidence)) return showFailure(evidence.report, flags, context)
  if (flags.dataset !== undefined) {
    assertDigest(flags.dataset, evidence.dataset, (await digestFile(flags.dataset)).sha256)
  }
  const proof = await prove(entry, flags, evidence.manifest)
  const bytes = serializeDatasetProof(proof)
  if (flags.out !== undefined) await writeFileAtomic(flags.out, bytes)
  show(context, flags, {
    json: () => ({ ...(flags.out === undefined ? {} : { out: flags.out }), proof }),
    text: () => (flags.out === undefined ? utf8Decode(bytes).trimEnd() : flags.out),
  })
}

async function runCheck(path: string, flags: CheckFlags, context: CommandContext): Promise<void> {
  const proof = parseDatasetProof(await readFileBounded(path, MAX_DATASET_PROOF_BYTES))
  const evidence = await readDatasetEvidence(placeOf(flags, context))
  if (!('manifest' in evidence)) return showFailure(evidence.report, flags, context)
  verifyDatasetProof(proof, requireRoot(evidence.manifest))
  if (flags.file !== undefined) await assertSubject(flags.file, proof)
  const { subject } = evidence.report
  show(context, flags, {
    json: () => ({ proof, dataset: evidence.dataset, report: evidence.report }),
    text: () => {
      const what = nameEntry(proof)
      const place = `leaf ${proof.index + 1} of ${proof.leaves}, data set sha256:${evidence.dataset}`
      const about = `job ${subject?.jobId ?? 'unknown'}, issued ${subject?.timestamp ?? 'unknown'}`
      return `${context.output.style('green', 'pass')}: ${what} was in the data set of ${about}\n${place}`
    },
  })
}

function placeOf(
  { release, trust }: EvidenceFlags,
  { config }: CommandContext,
): Parameters<typeof readDatasetEvidence>[0] {
  return { release, trust, home: config.home }
}

function showFailure(report: Parameters<typeof describeReport>[0], flags: CommonFlags, context: CommandContext): void {
  show(context, flags, { json: () => ({ report }), text: () => describeReport(report, context.output) })
  context.exitCode = 1
}

function prove(entry: string | undefined, flags: ProveFlags, manifest: DatasetManifest): Promise<DatasetProof> {
  const { row, dataset } = flags
  if (entry !== undefined && row === undefined) return Promise.resolve(proveFile(entry, manifest))
  if (row === undefined || entry !== undefined) throw misused('entry', 'expected the name of a file, or --row')
  if (manifest.type === 'image') throw misused('row', 'a data set of images has files, and no rows')
  if (dataset === undefined) throw misused('dataset', '--row needs --dataset, as no row is in a manifest')
  const { kind, ...root } = requireRoot(manifest)
  if (kind === 'files') throw misused('row', 'the leaves of this data set are files')
  return proveDatasetRow(dataset, row, { kind, ...root })
}

function misused(argument: string, reason: string): ConfigError<'USAGE'> {
  return new ConfigError('USAGE', `dataset prove: ${reason}`, { argument, reason })
}

function proveFile(name: string, manifest: DatasetManifest): DatasetProof {
  if (manifest.type !== 'image') {
    throw misused('entry', `a data set of type ${manifest.type} has no files`)
  }
  // Without a comparator, sort goes by code unit: the order of the leaves.
  const names = Object.keys(manifest.files).sort()
  const index = names.indexOf(name)
  const sha256 = manifest.files[name]
  if (index === -1 || sha256 === undefined) {
    const [what, expected, actual] = ['file of the data set', `one of ${names.length}`, JSON.stringify(name)]
    const message = `${what}: expected ${expected}, got ${actual}`
    throw new VerificationError('EVIDENCE_MISMATCH', message, { what, expected, actual })
  }
  const prover = createMerkleProver(index, names.length)
  for (const each of names) {
    const digest = manifest.files[each]
    if (digest !== undefined) prover.add(datasetFileLeaf({ name: each, sha256: digest }))
  }
  const proof = { ...prover.proof(), root: manifest.merkle.root, file: { name, sha256 } }
  // A manifest whose root is not that of its files would give a proof that proves nothing.
  verifyDatasetProof(proof, manifest.merkle)
  return proof
}

function nameEntry(proof: DatasetProof): string {
  if ('file' in proof) return `file ${showOnOneLine(proof.file.name)}`
  return 'record' in proof ? `record ${proof.record.record}` : `row ${proof.index + 1}`
}

async function assertSubject(path: string, proof: DatasetProof): Promise<void> {
  if ('file' in proof) return assertDigest(path, proof.file.sha256, (await digestFile(path)).sha256)
  const bytes = await readFileBounded(path, MAX_DATASET_PROOF_BYTES)
  const { leaf, kind } = describeDatasetEntry(proof)
  // A file with a row of text in it ends as lines do. A record is bytes, whatever they are.
  assertDigest(path, sha256Hex(leaf), sha256Hex(kind === 'records' ? bytes : withoutLineEnd(bytes)))
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== LINE_FEED) return bytes
  return bytes.subarray(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1)
}

function assertDigest(path: string, expected: string, actual: string): void {
  if (expected === actual) return
  const message = `${path}: expected sha256 ${expected}, got ${actual}`
  throw new VerificationError('DIGEST_MISMATCH', message, { name: path, expected, actual })
}
