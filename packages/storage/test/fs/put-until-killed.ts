/** A program for a test: puts endless bytes into the store of the directory it is told, and says when it is under way. @module */

import { FsArtifactStore } from '@aibomgen/storage/fs'

async function* endless(): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part++) {
    yield new Uint8Array(65_536).fill(part)
    if (part === 16) process.stdout.write('writing\n')
  }
}

const directory = process.argv[2] ?? ''
await new FsArtifactStore(directory).put(endless(), { maxBytes: 1024 ** 3 })
