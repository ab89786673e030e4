/** A release as a directory. @module */

import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { verifyRelease, type CheckName } from '../../src/index.ts'
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

  it.each<[name: string, check: CheckName]>([
    ['aibom.json', 'bom-schema'],
    ['layout.json', 'layout-signature'],
    ['run_training.cb44e3a4.link', 'link-signatures'],
    ['nobody.00000000.link', 'link-signatures'],
    ['inputs/job.json', 'artifact-digests'],
  ])('fails when %s is a link', async (name, check) => {
    await rm(join(directory, name), { force: true })
    await symlink('/dev/zero', join(directory, name))
    const release = await openReleaseDirectory(directory)
    const report = await verifyRelease(release, { trustRoot: loadTrustRoot(), clock: TODAY })
    expect(failures(report)).toMatchObject({ [check]: 'RELEASE_FILE_INVALID' })
  })

  it('fails when a folder is a link', async () => {
    await rename(join(directory, 'outputs'), `${directory}.outputs`)
    await symlink(`${directory}.outputs`, join(directory, 'outputs'))
    const release = await openReleaseDirectory(directory)
    const report = await verifyRelease(release, { trustRoot: loadTrustRoot(), clock: TODAY })
    expect(failures(report)).toEqual({ 'artifact-digests': 'RELEASE_FILE_MISSING' })
    await rm(`${directory}.outputs`, { recursive: true })
  })

  it('fails when its links are larger than a document may be, together', async () => {
    for (const name of ['a.link', 'b.link', 'c.link']) {
      await writeFile(join(directory, name), '')
      await truncate(join(directory, name), 30 * 1024 * 1024)
    }
    const release = await openReleaseDirectory(directory)
    const report = await verifyRelease(release, { trustRoot: loadTrustRoot(), clock: TODAY })
    expect(failures(report)).toMatchObject({ 'link-signatures': 'LIMIT_EXCEEDED' })
  })

  it('is an error, and no report, when it is not there', async () => {
    await expect(openReleaseDirectory(join(directory, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })
})
