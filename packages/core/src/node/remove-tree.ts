/** Removing what others have written. @module */

import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes `path` with all below it, also folders that their maker has shut (mode 0) and that are ours. Links are removed,
 * never followed. Nothing happens where there is nothing. No other process may be writing there.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'ENOTEMPTY'))) {
      throw error
    }
    await openFolders(path)
    await rm(path, { recursive: true, force: true })
  }
}

async function openFolders(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return
  await chmod(path, 0o700)
  for (const name of await readdir(path)) await openFolders(join(path, name))
}
