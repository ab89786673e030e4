/** A release as a directory. @module */

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { verifyRelease } from '../../src/index.ts'
import { openReleaseDirectory } from '../../src/node/index.ts'
import { failures, loadRelease, loadTrustRoot, TODAY } from '../attacks/release.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'release-directory-'))
  for (const [name, bytes] of loadRelease()) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), bytes)
  }
})
afterEach(() => rm(directory, { recursive: true }))

describe('a release directory', () => {
  it('passes when nothing was changed', async () => {
    const release = await openReleaseDirectory(directory)
    const report = await verifyRelease(release, { trustRoot: loadTrustRoot(), clock: TODAY })
    expect(report.verdict).toBe('pass')
    expect(report.absent).toEqual([])
  })

  it('fails when a file is a link, even to the right bytes', async () => {
    const name = 'outputs/trained_model.keras'
    await rm(join(directory, name))
    await writeFile(`${directory}.model`, loadRelease().get(name) ?? '')
    await symlink(`${directory}.model`, join(directory, name))
    const release = await openReleaseDirectory(directory)
    const report = await verifyRelease(release, { trustRoot: loadTrustRoot(), clock: TODAY })
    expect(failures(report)).toEqual({ 'artifact-digests': 'RELEASE_FILE_INVALID' })
    await rm(`${directory}.model`)
  })

  it('is an error, and no report, when it is not there', async () => {
    await expect(openReleaseDirectory(join(directory, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })
})
