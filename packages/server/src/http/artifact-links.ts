/** URLs that give one artifact of one job for a while to whoever has them: for browsers, `curl` and other tools. @module */

import { createHmac, timingSafeEqual } from 'node:crypto'

import { toBase64Url, utf8Encode, VerificationError, type Clock } from '@aibomgen/core'

/** What such URLs are made and judged with. */
export interface ArtifactLinks {
  /** 32 bytes that all servers of the platform share, and nobody else has. */
  readonly key: Uint8Array
  readonly lifetimeSeconds: number
  readonly clock: Clock
}

/** What a URL gives: one artifact, by its name in the release. */
export interface LinkedArtifact {
  readonly jobId: string
  readonly name: string
}

/** The members of a link's query. */
export interface LinkQuery {
  /** Seconds since 1970, in decimal. */
  readonly expires: string
  /** HMAC-SHA-256 in base64url. */
  readonly signature: string
}

/** Keeps a key from signing for one purpose what counts for another. */
const PURPOSE = 'aibomgen artifact link v1'

/** The query that lets its holder have the artifact from now on, for as long as links live. */
export function signLink(artifact: LinkedArtifact, { key, lifetimeSeconds, clock }: ArtifactLinks): LinkQuery {
  const expires = String(secondsOf(clock) + lifetimeSeconds)
  return { expires, signature: authenticate(artifact, expires, key) }
}

/**
 * Nothing, when the query was made by us for this very artifact, and has not run out.
 *
 * @throws VerificationError `LINK_REFUSED`
 */
export function assertLink(artifact: LinkedArtifact, query: LinkQuery, { key, clock }: ArtifactLinks): void {
  const { expires, signature } = query
  const expected = utf8Encode(authenticate(artifact, expires, key))
  const actual = utf8Encode(signature.toWellFormed())
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual))
    throw refuse('signature', 'it was not made here, or not for this artifact')
  // Signed, and so a number of ours.
  if (!(secondsOf(clock) < Number(expires))) throw refuse('expired', 'it has run out')
}

function authenticate({ jobId, name }: LinkedArtifact, expires: string, key: Uint8Array): string {
  // As JSON, so that no two artifacts make the same text.
  const text = JSON.stringify([PURPOSE, jobId, name, expires])
  return toBase64Url(createHmac('sha256', key).update(text).digest())
}

function secondsOf(clock: Clock): number {
  return Math.floor(Date.parse(clock.now()) / 1000)
}

function refuse(reason: 'signature' | 'expired', why: string): VerificationError {
  return new VerificationError('LINK_REFUSED', `this link gives nothing: ${why}`, { reason })
}
