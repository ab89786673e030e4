import { createEd25519Signer, parseTimestamp } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  chainEntry,
  EMPTY_AUDIT_HEAD,
  headAfter,
  parseAuditEntry,
  serializeAuditEntry,
  type AuditEvent,
  type AuditHead,
} from '../../src/audit/audit-entry.ts'
import { signAuditHead, verifyAuditHead } from '../../src/audit/audit-head.ts'
import { verifyAuditLog } from '../../src/audit/verify-audit-log.ts'
import { ANONYMOUS } from '../../src/auth/principal.ts'

const AT = parseTimestamp('2026-11-22T12:00:00Z')
const EVENT: AuditEvent = {
  principal: { id: 'alice', roles: ['user'], kind: 'oidc' },
  action: 'job.submit',
  subject: 'job 1',
  outcome: 'done',
  requestId: 'r1',
}

function writeLog(
  events: readonly AuditEvent[],
  head: AuditHead = EMPTY_AUDIT_HEAD,
): { lines: string[]; head: AuditHead } {
  const lines: string[] = []
  for (const event of events) {
    const entry = chainEntry(event, AT, head)
    const line = serializeAuditEntry(entry)
    head = headAfter(entry, line)
    lines.push(line)
  }
  return { lines, head }
}

const eventArbitrary: fc.Arbitrary<AuditEvent> = fc.record({
  principal: fc.record({
    id: fc.string({ unit: 'binary' }),
    roles: fc.constant([]),
    kind: fc.constant('token' as const),
    tokenId: fc.string(),
  }),
  action: fc.string(),
  subject: fc.string({ unit: 'binary', maxLength: 800 }),
  outcome: fc.constantFrom('done', 'refused', 'failed'),
  requestId: fc.string(),
})

const logArbitrary = fc.array(eventArbitrary, { minLength: 2, maxLength: 8 }).map((events) => writeLog(events))

function fault(name: string): object {
  return { code: 'AUDIT_LOG_BROKEN', detail: expect.objectContaining({ fault: name }) }
}

describe('an audit log', () => {
  it('is whole as it was written, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(logArbitrary, async ({ lines, head }) => {
        expect(await verifyAuditLog(lines, { head })).toEqual({ entries: lines.length, head })
      }),
    )
  })

  it('is whole without an entry', async () => {
    expect(await verifyAuditLog([])).toEqual({ entries: 0, head: EMPTY_AUDIT_HEAD })
  })

  it('breaks when any entry is taken out, doubled, moved, or the log cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(logArbitrary, fc.nat(), fc.nat(), async ({ lines, head }, from, to) => {
        const [first, second] = [from % lines.length, to % lines.length]
        const taken = lines.toSpliced(first, 1)
        await expect(verifyAuditLog(taken, { head })).rejects.toMatchObject({ code: 'AUDIT_LOG_BROKEN' })
        const doubled = lines.toSpliced(first, 0, lines[second] ?? '')
        await expect(verifyAuditLog(doubled, { head })).rejects.toMatchObject({ code: 'AUDIT_LOG_BROKEN' })
        await expect(verifyAuditLog(lines.slice(0, first), { head })).rejects.toMatchObject(fault('truncated'))
        if (first === second) return
        const moved = taken.toSpliced(second, 0, lines[first] ?? '')
        await expect(verifyAuditLog(moved, { head })).rejects.toMatchObject({ code: 'AUDIT_LOG_BROKEN' })
      }),
    )
  })

  it('breaks when any character of it is changed', async () => {
    await fc.assert(
      fc.asyncProperty(logArbitrary, fc.nat(), fc.nat(), fc.string({ maxLength: 2 }), async (log, at, place, text) => {
        const index = at % log.lines.length
        const line = log.lines[index] ?? ''
        const position = place % line.length
        const changed = line.slice(0, position) + text + line.slice(position + 1)
        fc.pre(changed !== line)
        const lines = log.lines.with(index, changed)
        await expect(verifyAuditLog(lines, { head: log.head })).rejects.toMatchObject({ code: 'AUDIT_LOG_BROKEN' })
      }),
    )
  })

  it('breaks when an entry is changed and everything behind it written anew', async () => {
    const events = ['a', 'b', 'c'].map((subject) => ({ ...EVENT, subject }))
    const { head } = writeLog(events)
    const { lines } = writeLog(events.with(1, { ...EVENT, subject: 'nothing to see' }))
    await expect(verifyAuditLog(lines, { head })).rejects.toMatchObject(fault('changed'))
  })

  it.each([
    ['missing', (lines: string[]) => lines.toSpliced(1, 1), 2],
    ['missing', (lines: string[]) => lines.slice(1), 1],
    ['reordered', (lines: string[]) => lines.toSpliced(2, 0, lines[1] ?? ''), 3],
    ['changed', (lines: string[]) => lines.with(0, (lines[0] ?? '').replace('alice', 'bob')), 2],
    ['truncated', (lines: string[]) => lines.slice(0, 2), 2],
    ['malformed', (lines: string[]) => lines.with(1, ` ${lines[1]}`), 2],
    ['malformed', (lines: string[]) => lines.with(1, '{}'), 2],
    ['malformed', (lines: string[]) => lines.with(1, 'x'.repeat(100_000)), 2],
    ['malformed', (lines: string[]) => lines.with(1, (lines[1] ?? '').replace('2026', '2O26')), 2],
  ])('says that it is %s, and in which line', async (name, change, line) => {
    const { lines, head } = writeLog([EVENT, EVENT, EVENT])
    await expect(verifyAuditLog(change(lines), { head })).rejects.toMatchObject({ detail: { fault: name, line } })
  })

  it('may have grown since its head was seen', async () => {
    const before = writeLog([EVENT, EVENT])
    const after = writeLog([EVENT], before.head)
    const report = await verifyAuditLog([...before.lines, ...after.lines], { head: before.head })
    expect(report).toEqual({ entries: 3, head: after.head })
  })

  it('is verified in parts, each from where the last one ended', async () => {
    const before = writeLog([EVENT, EVENT])
    const { lines, head } = writeLog([EVENT], before.head)
    expect(await verifyAuditLog(lines, { after: before.head })).toEqual({ entries: 1, head })
    const elsewhere = { ...before.head, sha256: head.sha256 }
    await expect(verifyAuditLog(lines, { after: elsewhere })).rejects.toMatchObject(fault('changed'))
  })
})

describe('an entry', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(eventArbitrary, (event) => {
        const entry = chainEntry(event, AT, EMPTY_AUDIT_HEAD)
        expect(parseAuditEntry(serializeAuditEntry(entry))).toEqual(entry)
      }),
    )
  })

  it.each([
    ['an API token', `aibomgen_${'A'.repeat(43)}`],
    ['a part of one', 'aibomgen_AAAABBBBCCCC'],
    ['an access token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'],
    ['an access token that was cut off', 'eyJhbGciOiJSUzI1NiJ9'],
  ])('never holds %s, wherever somebody has put it', (_, secret) => {
    const text = `before ${secret} after`
    const principal = { ...EVENT.principal, id: text, tokenId: text }
    const event = { principal, action: text, subject: text, outcome: 'done', requestId: text } as const
    const line = serializeAuditEntry(chainEntry(event, AT, EMPTY_AUDIT_HEAD))
    expect(line).not.toContain(secret)
    expect(line).toContain('before [secret] after')
  })

  it('says nothing of a token where there was none', () => {
    expect(chainEntry({ ...EVENT, principal: ANONYMOUS }, AT, EMPTY_AUDIT_HEAD)).not.toHaveProperty('tokenId')
  })
})

describe('a signed head', async () => {
  const signer = await createEd25519Signer(new Uint8Array(32).fill(7))
  const stranger = await createEd25519Signer(new Uint8Array(32).fill(8))
  const head = { ...writeLog([EVENT]).head, at: AT }

  it('is believed of a key that is held', async () => {
    expect(await verifyAuditHead(await signAuditHead(head, signer), [signer.publicKey])).toEqual(head)
  })

  it('is not believed of any other, nor when it was changed', async () => {
    const bytes = await signAuditHead(head, stranger)
    await expect(verifyAuditHead(bytes, [signer.publicKey])).rejects.toMatchObject({ code: 'SIGNATURE_THRESHOLD' })
    const text = Buffer.from(await signAuditHead(head, signer)).toString()
    const other = JSON.parse(Buffer.from(await signAuditHead({ ...head, sequence: 9 }, signer)).toString())
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(text), payload: other.payload }))
    await expect(verifyAuditHead(forged, [signer.publicKey])).rejects.toMatchObject({ code: 'SIGNATURE_THRESHOLD' })
  })
})
