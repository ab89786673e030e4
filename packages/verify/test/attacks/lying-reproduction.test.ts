/** Somebody says to have reproduced the release: who may, about what, and what becomes of a lie. @module */

import {
  OUTPUT_NAMES,
  parseTimestamp,
  sha256Hex,
  utf8Decode,
  utf8Encode,
  type Signer,
  type TrustRoot,
} from '@aibomgen/core'
import {
  buildReproductionStatement,
  parseStatement,
  signStatement,
  type Reproduction,
  type Statement,
} from '@aibomgen/intoto'
import { describe, expect, it } from 'vitest'

import type { VerificationReport } from '../../src/index.ts'
import {
  bytesOf,
  createStranger,
  failures,
  flipByte,
  loadRelease,
  loadSigner,
  loadTrustRoot,
  verify,
  type ReleaseFiles,
  type ReleaseName,
} from './release.ts'

const ENDED_AT = parseTimestamp('2026-11-30T00:00:00Z')
const { root } = loadTrustRoot()
const OTHER = '0'.repeat(64)

/** What an honest worker finds who gets the same bits. */
function reproductionOf(files: ReleaseFiles, changes: Partial<Reproduction> = {}): Reproduction {
  const { jobId } = JSON.parse(utf8Decode(bytesOf(files, 'inputs/job.json'))) as { jobId: string }
  return {
    release: { jobId, aibom: { sha256: sha256Hex(bytesOf(files, 'aibom.json')) } },
    startedAt: ENDED_AT,
    endedAt: ENDED_AT,
    verdict: 'reproduced',
    outputs: OUTPUT_NAMES.map((name) => {
      const sha256 = sha256Hex(bytesOf(files, name))
      return { name, released: sha256, reproduced: sha256 }
    }),
    environment: [],
    mayBeDueTo: [],
    ...changes,
  }
}

async function judge(
  statement: Uint8Array,
  { files = loadRelease(), trustRoot }: { files?: ReleaseFiles; trustRoot?: TrustRoot } = {},
): Promise<VerificationReport> {
  return verify(files, {}, { reproduction: { statement, trustRoot } })
}

async function expectRefusal(statement: Uint8Array, code: string, trustRoot?: TrustRoot): Promise<void> {
  const report = await judge(statement, { ...(trustRoot && { trustRoot }) })
  expect(failures(report)).toEqual({ reproduction: code })
  expect(report).toMatchObject({ verdict: 'fail', checks: { length: 12 } })
  expect(report).not.toHaveProperty('reproduction')
}

async function sign(reproduction: Reproduction, signer?: Signer): Promise<Uint8Array> {
  return signStatement(buildReproductionStatement(reproduction), [signer ?? (await loadSigner('worker'))])
}

/** The trust root with another word on its workers. */
function withWorkers(change: Partial<TrustRoot['keys'][number]>): TrustRoot {
  return { ...root, keys: root.keys.map((tenure) => (tenure.role === 'worker' ? { ...tenure, ...change } : tenure)) }
}

describe('a reproduction', () => {
  it('that is so is told of, with who says it', async () => {
    const files = loadRelease()
    const report = await judge(await sign(reproductionOf(files)))
    expect(report).toMatchObject({ verdict: 'pass', reproduction: { verdict: 'reproduced' }, checks: { length: 12 } })
    const { keyid } = (await loadSigner('worker')).publicKey
    expect(report.checks.at(-1)).toMatchObject({
      name: 'reproduction',
      status: 'pass',
      evidence: expect.stringContaining(
        `bit for bit at ${ENDED_AT}, says worker ${keyid.slice(0, 16)}, who trained it`,
      ),
    })
  })

  it('that differs passes, and says by how much', async () => {
    const honest = reproductionOf(loadRelease())
    const outputs = honest.outputs.with(0, { ...(honest.outputs[0] ?? expect.fail()), reproduced: OTHER })
    const weights = { compared: 10, identical: 3, maxAbsolute: 0.000125, maxRelative: 0.01 }
    const report = await judge(await sign({ ...honest, verdict: 'differs', outputs, weights }))
    expect(report).toMatchObject({ verdict: 'pass', reproduction: { verdict: 'differs', weights } })
    expect(report.checks.at(-1)).toMatchObject({
      evidence: expect.stringContaining(`differs in 1 of ${outputs.length} outputs`),
    })
  })

  it('counts by the workers of another trust root, where the verifier brings one', async () => {
    const stranger = await createStranger()
    const statement = await sign(reproductionOf(loadRelease()), stranger)
    const theirs = withWorkers({ key: stranger.publicKey })
    const report = await judge(statement, { trustRoot: theirs })
    expect(report.verdict).toBe('pass')
    expect(report.checks.at(-1)).toMatchObject({ evidence: expect.not.stringContaining('who trained it') })
  })

  it('is not asked for unless it is brought', async () => {
    expect((await verify(loadRelease())).checks).toHaveLength(11)
  })
})

describe('a reproduction is refused', () => {
  it.each<ReleaseName>(['other-parameters', 'same-again'])('of another release: %s', async (name) => {
    await expectRefusal(await sign(reproductionOf(loadRelease(name))), 'EVIDENCE_MISMATCH')
  })

  it.each<[string, (honest: Reproduction) => Partial<Reproduction>]>([
    ['of another AIBoM', ({ release }) => ({ release: { ...release, aibom: { sha256: OTHER } } })],
    ['of another job', ({ release }) => ({ release: { ...release, jobId: 'another' } })],
    ['that is silent about an output', ({ outputs }) => ({ outputs: outputs.slice(1) })],
    ['with an output twice', ({ outputs }) => ({ outputs: [...outputs.slice(1), ...outputs.slice(1, 2)] })],
    [
      'of outputs that were never released',
      ({ outputs }) => ({ outputs: outputs.map((output) => ({ ...output, released: OTHER, reproduced: OTHER })) }),
    ],
  ])('%s', async (_what, change) => {
    const honest = reproductionOf(loadRelease())
    await expectRefusal(await sign({ ...honest, ...change(honest) }), 'EVIDENCE_MISMATCH')
  })

  it('with other subjects than its own outputs', async () => {
    const statement = buildReproductionStatement(reproductionOf(loadRelease()))
    const [first, ...rest] = statement.subject
    const subject = [{ name: first?.name ?? '', digest: { sha256: OTHER } }, ...rest]
    const signed = await signStatement({ ...statement, subject }, [await loadSigner('worker')])
    await expectRefusal(signed, 'EVIDENCE_MISMATCH')
  })

  it.each([
    ['whose verdict was changed', '"reproduced"', '"differs"   '],
    ['whose job was changed', '"jobId":"', '"jobId":"x'],
  ])('%s after it was signed', async (_what, from, to) => {
    const envelope = JSON.parse(utf8Decode(await sign(reproductionOf(loadRelease())))) as { payload: string }
    const payload = Buffer.from(envelope.payload, 'base64').toString()
    const changed = payload.replace(`"verdict":${from}`, `"verdict":${to}`).replace(from, to)
    expect(changed).not.toBe(payload)
    const forged = { ...envelope, payload: Buffer.from(changed).toString('base64') }
    await expectRefusal(utf8Encode(JSON.stringify(forged)), 'SIGNATURE_THRESHOLD')
  })

  it('whose verdict its own outputs contradict, though its worker signed it', async () => {
    const honest = buildReproductionStatement(reproductionOf(loadRelease()))
    const lie: Statement = { ...honest, predicate: { ...honest.predicate, verdict: 'differs' } }
    await expectRefusal(await signStatement(lie, [await loadSigner('worker')]), 'DOCUMENT_INVALID')
  })

  it('by a stranger, and by another role', async () => {
    const honest = reproductionOf(loadRelease())
    for (const signer of [await createStranger(), await loadSigner('issuer'), await loadSigner('owner')]) {
      await expectRefusal(await sign(honest, signer), 'SIGNATURE_THRESHOLD')
    }
  })

  it.each<[string, Partial<TrustRoot['keys'][number]>]>([
    ['compromised', { revoked: { at: parseTimestamp('2026-12-31T00:00:00Z'), reason: 'compromised' } }],
    ['retired before', { revoked: { at: parseTimestamp('2026-11-29T00:00:00Z'), reason: 'retired' } }],
    ['no longer valid', { validUntil: parseTimestamp('2026-11-29T00:00:00Z') }],
    ['not yet valid', { validFrom: parseTimestamp('2026-12-01T00:00:00Z') }],
  ])('by a key that is %s', async (_what, change) => {
    await expectRefusal(await sign(reproductionOf(loadRelease())), 'KEY_NOT_TRUSTED', withWorkers(change))
  })

  it('that is a Statement of something else', async () => {
    const provenance = bytesOf(loadRelease(), 'provenance.intoto.jsonl')
    await expectRefusal(provenance, 'SIGNATURE_THRESHOLD')
    const { payload } = JSON.parse(utf8Decode(provenance)) as { payload: string }
    const statement = parseStatement(Buffer.from(payload, 'base64'))
    await expectRefusal(await signStatement(statement, [await loadSigner('worker')]), 'DOCUMENT_INVALID')
  })

  it('unread, where the release itself does not hold', async () => {
    const files = loadRelease()
    const statement = await sign(reproductionOf(files))
    flipByte(files, 'aibom.json')
    const report = await judge(statement, { files })
    expect(report.verdict).toBe('fail')
    expect(report.checks.at(-1)).toMatchObject({ name: 'reproduction', status: 'skipped' })
  })
})
