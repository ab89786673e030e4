/** Sees the trainer's own code: its version, its checkout, and the packages it runs with. @module */

import { stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

import type { EnvironmentProbe } from './capture-environment.ts'
import type { Checkout, InstalledPackage } from './environment-report.ts'
import { ancestors, findInstalledPackages, type PackageOnDisk } from './installed-packages.ts'
import { LockFiles } from './lock-file.ts'
import { ABSENT, observed, unavailable, type Observed } from './observed.ts'
import { runProgram } from './run-program.ts'

/** A probe for `trainer` and `packages`. `packageDirectory` is where the trainer's `package.json` lies. */
export function createPackagesProbe(packageDirectory: string): EnvironmentProbe {
  return {
    observes: ['trainer', 'packages'],
    async observe(signal) {
      const [trainer, ...others] = await findInstalledPackages(packageDirectory)
      if (trainer === undefined) throw new TypeError('expected the trainer among its own packages')
      const { directory, name, version } = trainer
      const lockFiles = new LockFiles()
      const packages = await Promise.all([trainer, ...others].map((found) => describePackage(found, lockFiles)))
      return {
        trainer: observed({ name, version, checkout: await seeCheckout(directory, signal) }),
        packages: observed(sortedByPurl(packages)),
      }
    },
  }
}

async function describePackage(found: PackageOnDisk, lockFiles: LockFiles): Promise<InstalledPackage> {
  const { name, version, directory } = found
  return { name, version, purl: npmPurl(name, version), integrity: await lockFiles.integrityOf(directory) }
}

/** @see https://github.com/package-url/purl-spec: the scope is a namespace, its `@` percent-encoded */
function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`
}

/** Sorted by purl; the same version installed in two places counts once. */
function sortedByPurl(packages: readonly InstalledPackage[]): readonly InstalledPackage[] {
  const byPurl = new Map(packages.map((found) => [found.purl, found]))
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1))
}

async function seeCheckout(directory: string, signal: AbortSignal): Promise<Observed<Checkout>> {
  if (directory.split(sep).includes('node_modules') || !(await isInRepository(directory))) return ABSENT
  // An untracked directory inside somebody else's repository is no checkout of it.
  const tracked = await git(['ls-files', 'package.json'])
  if (tracked.status !== 'observed') return tracked
  if (tracked.value === '') return ABSENT
  const commit = await git(['rev-parse', 'HEAD'])
  if (commit.status !== 'observed') return commit
  const changes = await git(['status', '--porcelain', '--untracked-files=no'])
  if (changes.status !== 'observed') return changes
  return observed({ commit: commit.value, modified: changes.value !== '' })

  async function git(argv: readonly string[]): Promise<Observed<string>> {
    const answer = await runProgram('git', ['-C', directory, ...argv], signal)
    return answer.status === 'absent' ? unavailable('it is a checkout, and there is no git to ask') : answer
  }
}

async function isInRepository(directory: string): Promise<boolean> {
  const entries = [...ancestors(directory)].map((ancestor) => stat(join(ancestor, '.git')))
  return (await Promise.allSettled(entries)).some(({ status }) => status === 'fulfilled')
}
