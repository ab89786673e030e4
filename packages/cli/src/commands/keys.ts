/** `aibomgen keys`: the keys of this home. @module */

import { resolve } from 'node:path'

import {
  ConfigError,
  createEd25519Signer,
  publicKeyToJwk,
  publicKeyToPem,
  publicKeyToSecuresystemslib,
  utf8Encode,
  type PublicKey,
  type Timestamp,
  type TrustRoot,
} from '@aibomgen/core'
import { Option, type Command } from 'commander'

import { createCommand, createGroup, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeHome, systemClock } from '../compose.ts'
import { describeTenures, listTenures } from '../describe-trust.ts'
import { KEY_ROLES, listKeyFiles, readSigners, type KeyRole } from '../home/generation.ts'
import { changeTrust, requireGeneration } from '../home/home.ts'
import { keysOfRole, rotateKey } from '../home/trust-changes.ts'
import { writeThroughScratch } from '../scratch.ts'

type KeyFormat = 'pem' | 'jwk' | 'securesystemslib'

interface RotateFlags extends CommonFlags {
  readonly role: KeyRole
}

interface ExportFlags extends RotateFlags {
  readonly format: KeyFormat
  readonly keyid?: string
  readonly out?: string
}

/** Lists, rotates and exports keys. */
export function createKeysCommand(context: CommandContext): Command {
  return createGroup('keys', '', [
    createCommand({
      name: 'list',
      summary: 'every key that the trust root knows, and whether its private half is here',
      examples: ['aibomgen keys list'],
    }).action((flags: CommonFlags) => runList(flags, context)),
    createCommand({
      name: 'rotate',
      summary: 'a fresh key for a role; what the old one signed goes on counting',
      examples: ['aibomgen keys rotate --role worker'],
    })
      .addOption(roleOption())
      .action((flags: RotateFlags) => runRotate(flags, context)),
    createCommand({
      name: 'export',
      summary: 'a public key, for other tools',
      examples: [
        'aibomgen keys export --role issuer --out issuer.pem',
        'openssl pkeyutl -verify -pubin -inkey issuer.pem -rawin -in aibom.json -sigfile aibom.sig',
      ],
    })
      .addOption(roleOption())
      .addOption(
        new Option('--format <format>', 'how it is written; in-toto takes securesystemslib')
          .choices(['pem', 'jwk', 'securesystemslib'])
          .default('pem'),
      )
      .option('--keyid <prefix>', 'which one, where the role has several')
      .option('--out <file>', 'where it goes (stdout)')
      .action((flags: ExportFlags) => runExport(flags, context)),
  ])
}

async function runList(flags: CommonFlags, context: CommandContext): Promise<void> {
  const generation = await requireGeneration(context.config.home)
  const here = await listKeyFiles(generation)
  const tenures = listTenures(generation.trustRoot.root, systemClock.now())
  show(context, flags, {
    json: () => ({ home: context.config.home, keys: tenures, privateKeysHere: here }),
    text: () => `${describeTenures(tenures)}\n\nprivate keys here: ${here.join(', ') || 'none'}`,
  })
}

async function runRotate({ role, json }: RotateFlags, context: CommandContext): Promise<void> {
  const { home, passphrase } = context.config
  const deps = composeHome(context)
  const current = await requireGeneration(home)
  const { [role]: old } = await readSigners(current, [role], passphrase)
  const seed = deps.drawKeySeed()
  const { publicKey: fresh } = await createEd25519Signer(seed)
  const root = rotateKey(current.trustRoot.root, role, { old: old.publicKey, fresh }, deps.clock.now())
  const { trustRoot } = await changeTrust(home, current, { root, freshKeys: { [role]: seed } }, deps)
  const result = { role, retired: old.publicKey.keyid, keyid: fresh.keyid, trustRootVersion: trustRoot.root.version }
  show(context, json === undefined ? {} : { json }, {
    json: () => result,
    text: () =>
      `${role}: ${result.retired.slice(0, 16)} retired, ${result.keyid.slice(0, 16)} signs from now on\n` +
      `hand out trust root version ${result.trustRootVersion}: ${home}/trust-root.json`,
  })
}

async function runExport(flags: ExportFlags, context: CommandContext): Promise<void> {
  const { trustRoot } = await requireGeneration(context.config.home)
  const key = selectKey(trustRoot.root, flags, systemClock.now())
  const text = formatKey(key, flags.format)
  if (flags.out !== undefined) await writeThroughScratch(resolve(flags.out), utf8Encode(text))
  show(context, flags, {
    json: () => ({ role: flags.role, keyid: key.keyid, format: flags.format, key: text }),
    text: () => (flags.out === undefined ? text.trimEnd() : `${flags.out}: ${flags.role} ${key.keyid}`),
  })
}

function selectKey(root: TrustRoot, { role, keyid = '' }: ExportFlags, now: Timestamp): PublicKey {
  const inForce = keysOfRole(root, role, now)
  const [key, ...others] = inForce.filter((candidate) => candidate.keyid.startsWith(keyid))
  if (key !== undefined && others.length === 0) return key
  const found = inForce.map((candidate) => candidate.keyid.slice(0, 16)).join(', ') || 'none'
  const reason = `expected --keyid of one ${role} key in force, which are: ${found}`
  throw new ConfigError('USAGE', `keys export: ${reason}`, { argument: '--keyid', reason })
}

function formatKey(key: PublicKey, format: KeyFormat): string {
  switch (format) {
    case 'pem':
      return publicKeyToPem(key)
    case 'jwk':
      return `${JSON.stringify(publicKeyToJwk(key))}\n`
    case 'securesystemslib':
      return `${JSON.stringify(publicKeyToSecuresystemslib(key))}\n`
  }
}

function roleOption(): Option {
  return new Option('--role <role>', 'whose key').choices(KEY_ROLES).makeOptionMandatory()
}
