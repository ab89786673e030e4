/** What of the host's files a training program needs: its packages, and what Node itself is made of. @module */

import { realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'

import { ifThere } from '../environment/if-there.ts'
import { findInstalledPackages, findPackageDirectory } from '../environment/installed-packages.ts'

/** Files of the host's that a confined program finds at the same place. */
export interface ProgramFiles {
  /** Absolute paths of directories and files, none inside another, sorted. */
  readonly paths: readonly string[]
  /** Absolute paths of links, and where they lead. */
  readonly links: ReadonlyMap<string, string>
}

/**
 * The files of the program whose main file is `entry`: the package that it belongs to, and all packages that this one
 * can load. A file that belongs to no package stands for itself.
 */
export async function findProgramFiles(entry: string): Promise<ProgramFiles> {
  const main = await realpath(entry)
  const directory = await packageOf(main)
  if (directory === undefined) return { paths: [main], links: new Map() }
  const packages = await findInstalledPackages(directory)
  return {
    paths: outermost(packages.map((found) => found.directory)),
    links: new Map(packages.flatMap((found) => found.links.map((link) => [link, found.directory] as const))),
  }
}

/** Where the libraries of the host lie that Node and native packages load: what is there of them. */
export async function findLibraries(): Promise<ProgramFiles> {
  const paths: string[] = []
  const links = new Map<string, string>()
  for (const path of ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache']) {
    if ((await ifThere(stat(path))) === undefined) continue
    const real = await realpath(path)
    // Most systems have `/lib` as a link into `/usr`.
    if (real === path) paths.push(path)
    else links.set(path, real)
  }
  return { paths: outermost(paths), links }
}

async function packageOf(file: string): Promise<string | undefined> {
  try {
    return await findPackageDirectory(file)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function outermost(paths: readonly string[]): readonly string[] {
  const sorted = [...new Set(paths)].sort()
  return sorted.filter((path) => !sorted.some((other) => other !== path && path.startsWith(other + sep)))
}
