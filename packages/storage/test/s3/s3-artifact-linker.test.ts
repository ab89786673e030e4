/** Presigned links, fetched as a browser does. @module */

import { sha256Hex, utf8Encode } from '@aibomgen/core'
import { S3ArtifactLinker, S3ArtifactStore } from '@aibomgen/storage/s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inParts } from '../artifact-store-contract.ts'
import { openTestBucket, skipped, withoutS3, type TestBucket } from './test-bucket.ts'

const HELLO = utf8Encode('hello world')
const HELLO_SHA256 = sha256Hex(HELLO)
const options = { filename: 'model.keras', expiresInSeconds: 60 }

describe.skipIf(withoutS3 !== undefined)(`a presigned link${skipped(withoutS3)}`, () => {
  let bucket: TestBucket
  let linker: S3ArtifactLinker
  beforeAll(async () => {
    bucket = await openTestBucket()
    const location = bucket.newLocation()
    await new S3ArtifactStore(location).put(inParts(HELLO), { maxBytes: 1024 })
    linker = new S3ArtifactLinker(location)
  })
  afterAll(() => bucket[Symbol.asyncDispose]())

  it('gives the artifact to whoever has it, to be saved and not to be shown', async () => {
    const answer = await fetch(await linker.presign(HELLO_SHA256, options))
    expect(answer.status).toBe(200)
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(HELLO)
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''model.keras")
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('gives ranges', async () => {
    const answer = await fetch(await linker.presign(HELLO_SHA256, options), { headers: { range: 'bytes=6-10' } })
    expect([answer.status, await answer.text()]).toEqual([206, 'world'])
  })

  it.each([
    ['quotes and line feeds', 'a"\r\nset-cookie: b', 'a%22%0D%0Aset-cookie%3A%20b'],
    ['more than ASCII', 'modèle (π).keras', 'mod%C3%A8le%20%28%CF%80%29.keras'],
    ['what is no text', 'a\ud800', 'a%EF%BF%BD'],
  ])('carries a file name of %s in one header', async (_, filename, encoded) => {
    const answer = await fetch(await linker.presign(HELLO_SHA256, { ...options, filename }))
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''${encoded}`)
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it('answers 404 for an artifact that is not there', async () => {
    expect((await fetch(await linker.presign(sha256Hex(utf8Encode('never put')), options))).status).toBe(404)
  })

  it.each<[string, (url: URL) => void]>([
    ['to another object', (url) => (url.pathname = url.pathname.replace(/.$/, (last) => (last === '0' ? '1' : '0')))],
    ['to a later end', (url) => url.searchParams.set('X-Amz-Expires', '3600')],
    ['to another file name', (url) => url.searchParams.set('response-content-disposition', 'inline')],
  ])('is refused when it was changed %s', async (_, change) => {
    const url = await linker.presign(HELLO_SHA256, options)
    change(url)
    expect((await fetch(url)).status).toBe(403)
  })

  it.each([0, 604_801, 1.5, Number.NaN])('refuses to last %s seconds', async (expiresInSeconds) => {
    await expect(linker.presign(HELLO_SHA256, { ...options, expiresInSeconds })).rejects.toThrow(TypeError)
  })
})
