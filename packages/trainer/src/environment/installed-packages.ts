/** The packages that a package runs with, found the way Node finds them. @module */

import { readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { parseJson, parseWith } from '@aibomgen/core'
import * as z from 'zod'

import { ifThere } from './if-there.ts'

/** A package on disk, at its real path. */
export interface PackageOnDisk {
  readonly directory: string
  readonly name: string
  readonly version: string
  /** Where Node looks for it, where that is another path that leads to it: links, sorted. */
  readonly links: readonly string[]
}

const MAX_MANIFEST_BYTES = 1024 * 1024

const dependencyNames = z.record(z.string(), z.unknown()).default({}).transform(Object.keys)

// Loose: a manifest holds much that is nobody's business here.
const manifestSchema = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  dependencies: dependencyNames,
  optionalDependencies: dependencyNames,
  peerDependencies: dependencyNames,
})

/** The directory of the package that the file at `path` belongs to: the nearest one upwards with a `package.json`. */
export async function findPackageDirectory(path: string): Promise<string> {
  for (const directory of ancestors(dirname(path))) {
    if ((await ifThere(realpath(join(directory, 'package.json')))) !== undefined) return directory
  }
  throw new TypeError('expected a file that belongs to a package')
}

/**
 * The package in `directory` and all that it can load: its dependencies, and those optional and peer dependencies that
 * are installed. Each once, in the order in which they were found.
 *
 * @throws ParseError where a manifest is none
 */
export async function findInstalledPackages(directory: string): Promise<readonly PackageOnDisk[]> {
  const found = new Map<string, Omit<PackageOnDisk, 'links'>>()
  const links = new Map<string, Set<string>>()
  const queue = [await realpath(directory)]
  for (const current of queue) {
    if (found.has(current)) continue
    const manifest = await readManifest(current)
    found.set(current, { directory: current, name: manifest.name, version: manifest.version })
    const names = [...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies]
    for (const name of names) {
      const dependency = await resolvePackage(name, current)
      if (dependency === undefined) continue
      const { real, lookedFor } = dependency
      queue.push(real)
      if (lookedFor !== real) links.set(real, (links.get(real) ?? new Set()).add(lookedFor))
    }
  }
  return [...found.values()].map((one) => ({ ...one, links: [...(links.get(one.directory) ?? [])].sort() }))
}

/** The directory itself, then its parents up to the root. */
export function* ancestors(directory: string): Generator<string> {
  for (let current = directory; ; current = dirname(current)) {
    yield current
    if (dirname(current) === current) return
  }
}

async function readManifest(directory: string): Promise<z.infer<typeof manifestSchema>> {
  const bytes = await readFile(join(directory, 'package.json'))
  return parseWith(manifestSchema, parseJson(bytes, { maxBytes: MAX_MANIFEST_BYTES }), 'package.json')
}

/** @see Node.js, "Loading from node_modules folders" */
async function resolvePackage(
  name: string,
  from: string,
): Promise<{ readonly real: string; readonly lookedFor: string } | undefined> {
  for (const directory of ancestors(from)) {
    const lookedFor = join(directory, 'node_modules', name)
    const manifest = await ifThere(realpath(join(lookedFor, 'package.json')))
    if (manifest !== undefined) return { real: dirname(manifest), lookedFor }
  }
  return undefined
}
