/** npm's lock files: which bytes a package was installed from. @module */

import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

import { parseJson, parseWith } from '@aibomgen/core'
import * as z from 'zod'

import { ifThere } from './if-there.ts'
import { ancestors } from './installed-packages.ts'
import { observed, unavailable, type Observed } from './observed.ts'

/** What npm wrote about what it installed, nearest to the truth first. */
const LOCK_FILES = [join('node_modules', '.package-lock.json'), 'package-lock.json']
const MAX_LOCK_BYTES = 64 * 1024 * 1024

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().min(1).optional() })),
})

type LockedPackages = z.infer<typeof lockSchema>['packages']

/** Looks packages up in the lock files above them; each file is read once. */
export class LockFiles {
  readonly #read = new Map<string, Promise<LockedPackages | undefined>>()

  /**
   * The subresource integrity with which the package in `directory` was installed: that of the nearest lock file
   * upwards that names the directory.
   *
   * @throws ParseError where a lock file is none
   */
  async integrityOf(directory: string): Promise<Observed<string>> {
    for (const ancestor of ancestors(directory)) {
      const place = relative(ancestor, directory).split(sep).join('/')
      for (const lockFile of LOCK_FILES) {
        const locked = (await this.#packagesOf(join(ancestor, lockFile)))?.[place]
        if (locked === undefined) continue
        return locked.integrity === undefined
          ? unavailable('its lock file has none: it came from no registry')
          : observed(locked.integrity)
      }
    }
    return unavailable('no npm lock file names it')
  }

  #packagesOf(path: string): Promise<LockedPackages | undefined> {
    const known = this.#read.get(path)
    if (known !== undefined) return known
    const reading = readLockFile(path)
    this.#read.set(path, reading)
    return reading
  }
}

async function readLockFile(path: string): Promise<LockedPackages | undefined> {
  const bytes = await ifThere(readFile(path))
  if (bytes === undefined) return undefined
  return parseWith(lockSchema, parseJson(bytes, { maxBytes: MAX_LOCK_BYTES }), 'package-lock.json').packages
}
