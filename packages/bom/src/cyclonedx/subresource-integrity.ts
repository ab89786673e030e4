/** Subresource integrity, as lock files write it, to CycloneDX hashes. @module */

import { fromBase64, toHex } from '@aibomgen/core'

import { unfit, type BomHash } from './models.ts'

const ALGORITHMS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

/**
 * The hashes that `text` (`sha512-…`, several parted by spaces) holds. `owner` is named in errors.
 *
 * @throws ParseError `DOCUMENT_INVALID` for an unknown algorithm, `ENCODING_INVALID` for bad base64
 * @see https://www.w3.org/TR/SRI/
 */
export function parseIntegrity(text: string, owner: string): readonly BomHash[] {
  return text.split(' ').map((token) => {
    const [, name, digest = ''] = /^(sha1|sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})$/.exec(token) ?? []
    if (name === undefined) throw unfit(owner, 'an integrity like sha512-…', token)
    return { alg: ALGORITHMS[name as keyof typeof ALGORITHMS], content: toHex(fromBase64(digest)) }
  })
}
