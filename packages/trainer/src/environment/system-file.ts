/** Reads the files in which a Linux system describes itself. @module */

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ifThere } from './if-there.ts'

/** The text of a small file below `root` (`/` but in tests); undefined where there is none. */
export async function readSystemFile(root: string, path: string): Promise<string | undefined> {
  return ifThere(readFile(join(root, path), 'utf8'))
}

/** The names in a directory below `root`, sorted; undefined where there is none. */
export async function listSystemDirectory(root: string, path: string): Promise<readonly string[] | undefined> {
  return (await ifThere(readdir(join(root, path))))?.sort()
}
