/** What of the host's files a container sees, and where. @module */

import { mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import type { ProgramFiles } from './program-files.ts'

/** A file or folder of the host's, and where it is seen: read-only unless it says otherwise. */
export interface Mount {
  readonly source: string
  readonly target: string
  readonly isWritable?: boolean
}

/**
 * The mounts that make a container see `files` at their own places, and `others`. An engine can mount, and can make no link: so links
 * are made below `directory`, and a whole folder of the container's root is mounted from there wherever it holds one.
 */
export async function layOutFiles(
  directory: string,
  files: readonly ProgramFiles[],
  others: readonly Mount[],
): Promise<readonly Mount[]> {
  const seen = files.flatMap(({ paths }) => paths.map((path) => ({ source: path, target: path })))
  const mounts: Mount[] = [...seen, ...others]
  const folders = new Set<string>()
  for (const [link, target] of files.flatMap(({ links }) => [...links])) {
    const folder = outermostFolder(link)
    if (folder === link) {
      mounts.push({ source: target, target: link })
      continue
    }
    folders.add(folder)
    await mkdir(dirname(join(directory, link)), { recursive: true })
    await symlink(target, join(directory, link))
  }
  for (const { source, target } of mounts) {
    if (folders.has(outermostFolder(target))) await makePlace(join(directory, target), source)
  }
  return [...[...folders].map((folder) => ({ source: join(directory, folder), target: folder })), ...mounts]
}

/** Below the root; below `/tmp`, which every container has of its own. */
function outermostFolder(path: string): string {
  const parts = path.split('/')
  return parts.slice(0, parts[1] === 'tmp' ? 3 : 2).join('/')
}

/** Nothing can be mounted where there is nothing. */
async function makePlace(place: string, source: string): Promise<void> {
  if ((await stat(source)).isDirectory()) {
    await mkdir(place, { recursive: true })
    return
  }
  await mkdir(dirname(place), { recursive: true })
  await writeFile(place, '')
}
