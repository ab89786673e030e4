/** Fails when a package imports what the table of packages (ARCHITECTURE) does not allow. @module */

import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'

import ts from 'typescript'

/** Which packages each package may import; `package/entry` allows that entry point alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  intoto: ['core'],
  bom: ['core'],
  storage: ['core'],
  trainer: ['core'],
  verify: ['core', 'intoto', 'bom'],
  pipeline: ['core', 'intoto', 'bom', 'trainer', 'verify'],
  server: ['core', 'intoto', 'bom', 'pipeline', 'verify', 'trainer/job'],
  web: ['core', 'intoto', 'bom', 'verify'],
  cli: ['core', 'intoto', 'bom', 'storage', 'trainer', 'verify', 'pipeline', 'server'],
}

/** Packages that run in a browser, but for their files in `src/node/`, and core's `src/crypto/node.ts`. */
const BROWSER_PACKAGES = ['core', 'intoto', 'bom', 'verify', 'web']
const NODE_FILES = /^src\/(node\/|crypto\/node\.ts$)/
const NODE_ENTRIES = ['core/node', 'verify/node']

/** Entry points that load no training engine, and what they would load it with. */
const LIGHT_ENTRIES: Readonly<Record<string, readonly string[]>> = {
  trainer: ['./job', './environment'],
  pipeline: ['./submit'],
}
const HEAVY = /^(@tensorflow\/|h5wasm|@duckdb\/|sharp|webgpu|@aibomgen\/trainer$)/

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, { readonly '@aibomgen/source'?: string } | undefined>>
  readonly dependencies: Readonly<Record<string, string>>
}

interface Package {
  readonly directory: string
  readonly manifest: Manifest
  /** Per source file, by its path in the package: what it imports. */
  readonly imports: ReadonlyMap<string, readonly string[]>
}

/** Every import in the packages below `root` that may not be, one line each. */
export function checkImports(root: string): readonly string[] {
  const packages = new Map(
    globSync('packages/*/package.json', { cwd: root })
      .map((path) => dirname(path).replaceAll('\\', '/'))
      .sort()
      .map((directory) => [posix.basename(directory), readPackage(root, directory)]),
  )
  const documented = readTextIfThere(join(root, 'docs/dependencies.md'))
  const problems: string[] = []
  for (const [short, checked] of packages) {
    for (const [file, specifiers] of checked.imports) {
      for (const specifier of specifiers) {
        const problem = problemOf(specifier, file, short, packages)
        if (problem !== undefined) problems.push(`${checked.directory}/${file} imports '${specifier}': ${problem}`)
      }
    }
    problems.push(...heavyEntries(short, checked), ...undocumented(checked, documented))
  }
  return problems
}

function problemOf(
  specifier: string,
  file: string,
  short: string,
  packages: ReadonlyMap<string, Package>,
): string | undefined {
  if (specifier.startsWith('.')) return relativeProblem(specifier, file, short)
  if (specifier.startsWith('#')) return undefined
  if (specifier.startsWith('node:')) {
    return isForBrowsers(file, short) ? 'this file also runs in a browser' : undefined
  }
  const name = packageNameOf(specifier)
  if (!(name in (packages.get(short)?.manifest.dependencies ?? {}))) return `package.json does not declare ${name}`
  const target = [...packages].find(([, { manifest }]) => manifest.name === name)
  return target === undefined ? undefined : packageProblem(specifier, file, short, target)
}

function relativeProblem(specifier: string, file: string, short: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier)
  if (!target.startsWith('src/')) return 'a relative import stays inside the sources of its package'
  if (!/\.(ts|json)$/.test(specifier) && !target.includes('/generated/')) return 'a relative import ends in .ts'
  if (isForBrowsers(file, short) && NODE_FILES.test(target)) return 'this file also runs in a browser'
  return undefined
}

function packageProblem(
  specifier: string,
  file: string,
  short: string,
  [targetShort, target]: [string, Package],
): string | undefined {
  const entry = specifier.slice(target.manifest.name.length)
  if (!(`.${entry}` in target.manifest.exports)) return 'not a public entry point of that package'
  const allowed = MAY_IMPORT[short] ?? []
  if (!allowed.includes(targetShort) && !allowed.includes(targetShort + entry)) {
    return `${short} may import ${allowed.join(', ') || 'no package of ours'}`
  }
  if (isForBrowsers(file, short) && NODE_ENTRIES.includes(targetShort + entry))
    return 'this file also runs in a browser'
  return undefined
}

function isForBrowsers(file: string, short: string): boolean {
  return BROWSER_PACKAGES.includes(short) && !NODE_FILES.test(file)
}

function heavyEntries(short: string, { directory, manifest, imports }: Package): readonly string[] {
  return (LIGHT_ENTRIES[short] ?? []).flatMap((entry) => {
    const source = manifest.exports[entry]?.['@aibomgen/source']?.replace('./', '')
    if (source === undefined || !imports.has(source)) {
      return [`${directory} has no entry ${entry}, which must load no training engine`]
    }
    return [...reachable(source, imports)].flatMap((file) =>
      (imports.get(file) ?? [])
        .filter((specifier) => HEAVY.test(specifier))
        .map((specifier) => `${directory}/${file} imports '${specifier}': ${entry} must load no training engine`),
    )
  })
}

/** The file at `entry` and every file that it imports, however far away. */
function reachable(entry: string, imports: Package['imports']): ReadonlySet<string> {
  const files = new Set([entry])
  for (const file of files) {
    for (const specifier of imports.get(file) ?? []) {
      if (specifier.startsWith('.')) files.add(posix.join(posix.dirname(file), specifier))
    }
  }
  return files
}

function undocumented({ directory, manifest }: Package, documented: string): readonly string[] {
  return Object.keys(manifest.dependencies)
    .filter((name) => !name.startsWith('@aibomgen/') && !documented.includes(`\`${name}\``))
    .map((name) => `${directory}/package.json depends on '${name}': docs/dependencies.md does not speak of it`)
}

function readPackage(root: string, directory: string): Package {
  const text = readFileSync(join(root, directory, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as Manifest & Readonly<Record<string, Record<string, string> | undefined>>
  const files = globSync('src/**/*.ts', { cwd: join(root, directory) }).map((file) => file.replaceAll('\\', '/'))
  return {
    directory,
    manifest: {
      name: manifest.name,
      exports: manifest.exports,
      dependencies: {
        ...manifest.peerDependencies,
        ...manifest.optionalDependencies,
        ...manifest.dependencies,
      },
    },
    imports: new Map(files.sort().map((file) => [file, importsOf(join(root, directory, file))])),
  }
}

function importsOf(path: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'), true, true)
  return importedFiles.map(({ fileName }) => fileName)
}

/** `@scope/name/path` and `name/path` without their paths. */
function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function readTextIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..')
  const problems = checkImports(root)
  for (const problem of problems) console.error(problem)
  console.log(`${relative(process.cwd(), root) || '.'}: ${problems.length} imports that may not be`)
  if (problems.length > 0) process.exitCode = 1
}
