/** A release out of the store: as a directory, whole or absent; or as a bundle. @module */

import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { ArtifactError, SdkError, type ArtifactDescriptor, type ArtifactReader } from '@aibomgen/core'
import { reasonOf, syncDirectory } from '@aibomgen/core/node'
import { isBundled, serializeEvidenceBundle } from '@aibomgen/verify'

import type { Release } from './publish-release.ts'
import { readStored } from './store-bytes.ts'

/**
 * Nothing, unless there is something at `directory`: it must be absent, or an empty directory.
 *
 * @throws ArtifactError `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`
 */
export async function assertOutputFree(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((cause: unknown) => {
    if (reasonOf(cause) === 'ENOENT') return []
    if (reasonOf(cause) === 'ENOTDIR') return ['a file']
    throw unwritable(directory, cause)
  })
  if (entries.length > 0) {
    throw new ArtifactError(
      'OUTPUT_EXISTS',
      `expected nothing at ${directory}, got something: name another directory`,
      {
        path: directory,
      },
    )
  }
}

/**
 * Writes the release beside its place, flushed to disk, and renames it there: nobody ever sees half of it. Every file is
 * checked against its digest as it comes out of the store.
 *
 * @param scratch - a directory on the same file system as `directory`, for what is not whole yet
 * @throws ArtifactError `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`, and those of `store`; nothing is left behind then
 */
export async function writeReleaseDirectory(
  release: Release,
  store: ArtifactReader,
  directory: string,
  scratch: string,
): Promise<void> {
  const draft = join(scratch, `release-${release.jobId}`)
  try {
    await writeDraft([...release.files, release.index], store, draft)
    await assertOutputFree(directory)
    await rename(draft, directory)
    await syncDirectory(dirname(directory))
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    throw cause instanceof SdkError ? cause : unwritable(directory, cause)
  }
}

async function writeDraft(files: readonly ArtifactDescriptor[], store: ArtifactReader, draft: string): Promise<void> {
  const folders = new Set([draft])
  for (const { name, sha256 } of files) {
    const path = join(draft, name)
    folders.add(dirname(path))
    await mkdir(dirname(path), { recursive: true })
    await pipeline(Readable.from(await store.open(sha256)), createWriteStream(path, { flags: 'wx', flush: true }))
  }
  for (const folder of folders) await syncDirectory(folder)
}

/** The release's bundle: evidence, JSON and logs in one document. */
export async function buildEvidenceBundle(release: Release, store: ArtifactReader): Promise<Uint8Array> {
  const bundled = [...release.files, release.index].filter(({ name, sizeBytes }) => isBundled(name, sizeBytes))
  const files = await Promise.all(bundled.map(async (file) => [file.name, await readStored(store, file)] as const))
  return serializeEvidenceBundle(new Map(files))
}

function unwritable(path: string, cause: unknown): ArtifactError {
  const reason = reasonOf(cause)
  return new ArtifactError('OUTPUT_UNWRITABLE', `cannot write ${path}: ${reason}`, { path, reason }, { cause })
}
