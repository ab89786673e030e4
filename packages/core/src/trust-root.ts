/** The trust root: who may say what, and when. @module */

import * as z from 'zod'

import { fromHex, toHex } from './bytes.ts'
import { canonicalizeJson } from './canonical-json.ts'
import { TRUST_ROOT_PAYLOAD_TYPE, TRUST_ROOT_TYPE } from './documents.ts'
import { envelopeFromJson, type Envelope } from './dsse/envelope.ts'
import { signEnvelope } from './dsse/sign-envelope.ts'
import { ParseError } from './errors.ts'
import { parseJson, type JsonValue } from './json.ts'
import { publicKeyFromBytes, type PublicKey } from './key.ts'
import type { Signer } from './signer.ts'
import { parseTimestamp, type Timestamp } from './time.ts'
import { parseWith } from './zod-problems.ts'

/** Which of a job's three steps a key may speak for: `submit_inputs`, `run_training`, `generate_aibom`. */
export const ROLES = ['intake', 'worker', 'issuer'] as const
/** One of the three roles. */
export type Role = (typeof ROLES)[number]

/** A key, and the time for which it counts. */
export interface KeyTenure {
  readonly key: PublicKey
  readonly validFrom: Timestamp
  /** The first moment at which it no longer counts. */
  readonly validUntil?: Timestamp | undefined
  /** `retired`: what it signed before `at` still counts. `compromised`: nothing that it ever signed counts. */
  readonly revoked?: { readonly at: Timestamp; readonly reason: 'retired' | 'compromised' } | undefined
}

/** The tenure of a functionary's key. */
export interface FunctionaryTenure extends KeyTenure {
  readonly role: Role
}

/** Who may say what. A verifier believes it because it holds it, never for its signature. */
export interface TrustRoot {
  /** Counts up from 1. */
  readonly version: number
  readonly issuedAt: Timestamp
  /** Who signs layouts and trust roots. Earlier owners stay listed, so that the layouts they signed outlive them. */
  readonly owner: { readonly keys: readonly KeyTenure[]; readonly threshold: number }
  readonly keys: readonly FunctionaryTenure[]
}

/** A trust root with the envelope it came in. */
export interface SignedTrustRoot {
  readonly root: TrustRoot
  readonly envelope: Envelope
}

const MAX_BYTES = 1024 * 1024

const timestampSchema = z.string().transform((text) => parseTimestamp(text))
const tenureMembers = {
  keyid: z.string(),
  public: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'),
  validFrom: timestampSchema,
  validUntil: timestampSchema.optional(),
  revoked: z.strictObject({ at: timestampSchema, reason: z.enum(['retired', 'compromised']) }).optional(),
}
const trustRootSchema = z.strictObject({
  _type: z.literal(TRUST_ROOT_TYPE),
  version: z.int().min(1),
  issuedAt: timestampSchema,
  owner: z.strictObject({ keys: z.array(z.strictObject(tenureMembers)).min(1), threshold: z.int().min(1) }),
  keys: z.array(z.strictObject({ ...tenureMembers, role: z.enum(ROLES) })),
})

/**
 * The trust root in a DSSE envelope. Its signatures are not looked at: see `acceptTrustRoot`.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `ENCODING_INVALID`, `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`,
 * `KEY_INVALID`
 */
export function parseTrustRoot(bytes: Uint8Array): SignedTrustRoot {
  const envelope = envelopeFromJson(parseJson(bytes, { maxBytes: MAX_BYTES, document: 'trust root' }))
  if (envelope.payloadType !== TRUST_ROOT_PAYLOAD_TYPE) {
    throw invalid('payloadType', TRUST_ROOT_PAYLOAD_TYPE, envelope.payloadType)
  }
  const payload = parseJson(envelope.payload, { maxBytes: MAX_BYTES, document: 'trust root' })
  const { owner, keys, version, issuedAt } = parseWith(trustRootSchema, payload, 'trust root')
  const root: TrustRoot = {
    version,
    issuedAt,
    owner: { threshold: owner.threshold, keys: owner.keys.map((tenure) => parseTenure(tenure)) },
    keys: keys.map(({ role, ...tenure }) => ({ role, ...parseTenure(tenure) })),
  }
  assertCoherent(root)
  return { root, envelope }
}

/**
 * The trust root, signed by `owners`.
 *
 * @throws ParseError `DOCUMENT_INVALID` for a root that could not be read back
 */
export async function signTrustRoot(root: TrustRoot, owners: readonly Signer[]): Promise<SignedTrustRoot> {
  const wire = toWire(root)
  parseWith(trustRootSchema, wire, 'trust root')
  assertCoherent(root)
  const payload = canonicalizeJson(wire)
  return { root, envelope: await signEnvelope({ payloadType: TRUST_ROOT_PAYLOAD_TYPE, payload }, owners) }
}

function parseTenure(wire: Omit<KeyTenure, 'key'> & { keyid: string; public: string }): KeyTenure {
  const key = publicKeyFromBytes(fromHex(wire.public))
  if (key.keyid !== wire.keyid) throw invalid('keyid', key.keyid, wire.keyid)
  return { key, validFrom: wire.validFrom, validUntil: wire.validUntil, revoked: wire.revoked }
}

/** One key has one place: two roles under one key would undo their separation, and one owner must not count twice. */
function assertCoherent(root: TrustRoot): void {
  const keyids = [...root.owner.keys, ...root.keys].map(({ key }) => key.keyid)
  const duplicate = keyids.find((keyid, index) => keyids.indexOf(keyid) !== index)
  if (duplicate !== undefined) throw invalid('keys', 'every key once', `${duplicate} twice`)
  if (root.owner.threshold > root.owner.keys.length) {
    throw invalid('owner.threshold', `≤ ${root.owner.keys.length}`, String(root.owner.threshold))
  }
}

function toWire(root: TrustRoot): JsonValue {
  return {
    _type: TRUST_ROOT_TYPE,
    version: root.version,
    issuedAt: root.issuedAt,
    owner: { keys: root.owner.keys.map(tenureToWire), threshold: root.owner.threshold },
    keys: root.keys.map((tenure) => ({ ...tenureToWire(tenure), role: tenure.role })),
  }
}

function tenureToWire({ key, validFrom, validUntil, revoked }: KeyTenure): Record<string, JsonValue> {
  return {
    keyid: key.keyid,
    public: toHex(key.bytes),
    validFrom,
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(revoked === undefined ? {} : { revoked: { at: revoked.at, reason: revoked.reason } }),
  }
}

function invalid(path: string, expected: string, got: string): ParseError {
  return new ParseError('DOCUMENT_INVALID', `trust root: ${path}: expected ${expected}, got ${got}`, {
    document: 'trust root',
    problems: [{ path, expected, got }],
  })
}
