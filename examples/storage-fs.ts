/** Keeps a file in a store on disk, by its digest, and reads it back checked. @module */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { collectBytes, utf8Decode, type ArtifactStore } from '@aibomgen/core'
import { readFileParts } from '@aibomgen/core/node'
import { FsArtifactStore } from '@aibomgen/storage/fs'

const directory = await mkdtemp(join(tmpdir(), 'aibomgen-'))
await writeFile(join(directory, 'metrics.json'), '{"loss":[0.7,0.4]}')

const store: ArtifactStore = new FsArtifactStore(join(directory, 'store'))
const { sha256, sizeBytes } = await store.put(readFileParts(join(directory, 'metrics.json')), { maxBytes: 1024 })
console.log(`stored ${sizeBytes} bytes as ${sha256}`)

const bytes = await collectBytes(await store.open(sha256), sizeBytes)
console.log(`read back: ${utf8Decode(bytes)}`)

for await (const artifact of store.list())
  console.log(`kept: ${artifact.sha256.slice(0, 8)}, ${artifact.sizeBytes} bytes`)

await rm(directory, { recursive: true })
