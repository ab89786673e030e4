/** Stores the file that the first argument names in the directory that the second names; prints its peak memory in KiB. */

import { readFileParts } from '@aibomgen/core/node'
import { FsArtifactStore } from '@aibomgen/storage/fs'

const [path, directory] = process.argv.slice(2)
if (path === undefined || directory === undefined) throw new Error('expected a file and a directory')
await new FsArtifactStore(directory).put(readFileParts(path), { maxBytes: 2 ** 30 })
console.log(process.resourceUsage().maxRSS)
