/** `aibomgen trust`: who may say what. @module */

import {
  acceptTrustRoot,
  ConfigError,
  publicKeyFromPem,
  utf8Decode,
  type KeyId,
  type Role,
  type SignedTrustRoot,
  type Timestamp,
  type TrustRoot,
} from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import { Option, type Command } from 'commander'

import { createCommand, createGroup, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeHome, systemClock } from '../compose.ts'
import { describeTenures, listTenures } from '../describe-trust.ts'
import { commitGeneration, readCurrentGeneration, readLayoutIfThere, type Generation } from '../home/generation.ts'
import { changeTrust, DEFAULT_LAYOUT_DAYS, renewLayout, requireGeneration } from '../home/home.ts'
import { enrollKey, revokeKey } from '../home/trust-changes.ts'
import { parseCount } from '../numbers.ts'
import { readTrustRoot } from '../trusted.ts'

interface EnrollFlags extends CommonFlags {
  readonly role: Role
  readonly key: string
}
interface RevokeFlags extends CommonFlags {
  readonly reason: 'retired' | 'compromised'
}
interface RenewFlags extends CommonFlags {
  readonly days: string
}
interface UpdateFlags extends CommonFlags {
  readonly first?: boolean
}

const MAX_PEM_BYTES = 16 * 1024

/** Shows and changes the trust root. */
export function createTrustCommand(context: CommandContext): Command {
  return createGroup('trust', '', [
    createCommand({
      name: 'show',
      summary: 'the trust root of AIBOMGEN_HOME, or of a file',
      examples: ['aibomgen trust show', 'aibomgen trust show trust-root.json'],
    })
      .argument('[file]')
      .action((file: string | undefined, flags: CommonFlags) => runShow(file, flags, context)),
    createCommand({
      name: 'enroll',
      summary: 'one more key for a role',
      examples: ['aibomgen trust enroll --role worker --key worker-2.pem'],
    })
      .addOption(
        new Option('--role <role>', 'what it may sign').choices(['intake', 'worker', 'issuer']).makeOptionMandatory(),
      )
      .requiredOption('--key <file>', 'an Ed25519 public key (PEM)')
      .action((flags: EnrollFlags) => runEnroll(flags, context)),
    createCommand({
      name: 'revoke',
      summary: 'end a key: retired, or compromised, and then nothing that it ever signed counts',
      examples: ['aibomgen trust revoke 1f0a5d2c --reason compromised'],
    })
      .argument('<keyid>', 'as keys list shows it; its first digits will do')
      .addOption(new Option('--reason <reason>', 'why').choices(['retired', 'compromised']).makeOptionMandatory())
      .action((keyid: string, flags: RevokeFlags) => runRevoke(keyid, flags, context)),
    createCommand({
      name: 'renew',
      summary: 'a new layout, for the same keys',
      examples: ['aibomgen trust renew --days 365'],
    })
      .option('--days <number>', 'how long it is valid', String(DEFAULT_LAYOUT_DAYS))
      .action((flags: RenewFlags) => runRenew(flags, context)),
    createCommand({
      name: 'update',
      summary: 'go on to a newer trust root that the owners of the one held have signed',
      examples: ['aibomgen trust update trust-root.json', 'aibomgen trust update --first trust-root.json'],
    })
      .argument('<file...>', 'one version after the other')
      .option('--first', 'into an empty home: the first file is believed because you say so')
      .action((files: readonly string[], flags: UpdateFlags) => runUpdate(files, flags, context)),
  ])
}

async function runShow(file: string | undefined, flags: CommonFlags, context: CommandContext): Promise<void> {
  const { home } = context.config
  const { root } = file === undefined ? (await requireGeneration(home)).trustRoot : await readTrustRoot(file)
  showTrustRoot({ root, source: file ?? `${home}/trust-root.json` }, flags, context)
}

async function runEnroll(flags: EnrollFlags, context: CommandContext): Promise<void> {
  const key = publicKeyFromPem(utf8Decode(await readFileBounded(flags.key, MAX_PEM_BYTES)))
  await change(flags, context, (root, now) => enrollKey(root, flags.role, key, now))
}

async function runRevoke(prefix: string, flags: RevokeFlags, context: CommandContext): Promise<void> {
  await change(flags, context, (root, now) => revokeKey(root, findKey(root, prefix), flags.reason, now))
}

async function runRenew(flags: RenewFlags, context: CommandContext): Promise<void> {
  const days = parseCount('--days', flags.days)
  const current = await requireGeneration(context.config.home)
  const { directory } = await renewLayout(context.config.home, current, days, composeHome(context))
  const layout = `${directory}/layout.json`
  show(context, flags, { json: () => ({ layout, days }), text: () => `${layout}: valid for ${days} days` })
}

async function runUpdate(files: readonly string[], flags: UpdateFlags, context: CommandContext): Promise<void> {
  const { home } = context.config
  let current = await readCurrentGeneration(home)
  for (const file of files) current = await accept(await readTrustRoot(file), current, flags, home)
  const { root } = (await requireGeneration(home)).trustRoot
  showTrustRoot({ root, source: `${home}/trust-root.json` }, flags, context)
}

/** The generation that holds `offered`: the current one's successor, or the first of an empty home. */
async function accept(
  offered: SignedTrustRoot,
  current: Generation | undefined,
  { first }: UpdateFlags,
  home: string,
): Promise<Generation> {
  if (current === undefined) {
    if (first === true) return commitGeneration(home, undefined, { trustRoot: offered })
    throw usage('--first', 'this home holds no trust root: with --first you say that you believe the file')
  }
  const trustRoot = await acceptTrustRoot(current.trustRoot, offered)
  if (trustRoot === current.trustRoot) return current
  return commitGeneration(home, current, { trustRoot, layout: await readLayoutIfThere(current) })
}

async function change(
  flags: CommonFlags,
  context: CommandContext,
  next: (root: TrustRoot, now: Timestamp) => TrustRoot,
): Promise<void> {
  const { home } = context.config
  const deps = composeHome(context)
  const current = await requireGeneration(home)
  const root = next(current.trustRoot.root, deps.clock.now())
  await changeTrust(home, current, { root }, deps)
  showTrustRoot({ root, source: `${home}/trust-root.json` }, flags, context)
}

function showTrustRoot(
  { root, source }: { readonly root: TrustRoot; readonly source: string },
  flags: CommonFlags,
  context: CommandContext,
): void {
  const keys = listTenures(root, systemClock.now())
  const { version, issuedAt, owner } = root
  show(context, flags, {
    json: () => ({ source, version, issuedAt, ownerThreshold: owner.threshold, keys }),
    text: () => `${source}: version ${version}, issued ${issuedAt}\n${describeTenures(keys)}`,
  })
}

function findKey(root: TrustRoot, prefix: string): KeyId {
  const found = [...root.owner.keys, ...root.keys].map(({ key }) => key.keyid).filter((id) => id.startsWith(prefix))
  const [keyid] = found
  if (keyid !== undefined && found.length === 1) return keyid
  throw usage('keyid', `expected the first digits of one key of the trust root, ${found.length} begin with "${prefix}"`)
}

function usage(argument: string, reason: string): ConfigError {
  return new ConfigError('USAGE', `trust: ${argument}: ${reason}`, { argument, reason })
}
