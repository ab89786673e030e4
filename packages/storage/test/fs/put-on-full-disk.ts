/** A program for a test: puts more into the store of the directory it is told than fits, and prints what came of it. @module */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { sha256Hex, type ArtifactError } from '@aibomgen/core'
import { FsArtifactStore } from '@aibomgen/storage/fs'

async function* zeros(sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < sizeBytes; done += 65_536) yield new Uint8Array(65_536)
}

const directory = process.argv[2] ?? ''
const store = new FsArtifactStore(directory)
const refused = await store.put(zeros(4 * 1024 * 1024), { maxBytes: 2 ** 30 }).catch((error: unknown) => error)
const leftBehind = [...(await readdir(join(directory, 'incoming'))), ...(await readdir(directory))]
const { sha256 } = await store.put(zeros(65_536), { maxBytes: 2 ** 30 })

const { code, detail, cause } = refused as ArtifactError<'STORE_UNAVAILABLE'>
console.log(
  JSON.stringify({
    refused: { code, reason: detail.reason, cause: (cause as NodeJS.ErrnoException).code },
    leftBehind,
    storedAfterwards: sha256 === sha256Hex(new Uint8Array(65_536)) && (await store.has(sha256)),
  }),
)
