/** What is not the same about the places of two runs, and what of it may change numbers. @module */

import type { EnvironmentDifference } from '@aibomgen/intoto'
import type { EnvironmentReport, InstalledPackage, Observed } from '@aibomgen/trainer/environment'

/** How each side of an environment is put into words; those that change numbers say how, likeliest first. */
const SIDES: readonly (readonly [what: string, words: (seen: EnvironmentReport) => string, why?: string])[] = [
  ['backend', ({ backend }) => say(backend, ({ name }) => name), 'another backend computes in another order'],
  [
    'engine versions',
    ({ backend }) => say(backend, ({ versions }) => list(Object.entries(versions).map((pair) => pair.join(' ')))),
    'another version of the engine',
  ],
  ['devices', ({ backend }) => say(backend, ({ devices }) => list(devices)), 'another device'],
  [
    'trainer',
    ({ trainer }) =>
      say(trainer, ({ version, checkout }) => `${version}, ${say(checkout, ({ commit }) => `commit ${commit}`)}`),
    'another version of the trainer',
  ],
  ['processor architecture', ({ cpu }) => say(cpu, ({ architecture }) => architecture), 'another kind of processor'],
  [
    'instruction sets',
    ({ cpu }) => say(cpu, ({ instructionSets }) => say(instructionSets, list)),
    'other instructions, which round otherwise',
  ],
  [
    'cores',
    ({ cpu }) => say(cpu, ({ logicalCores }) => String(logicalCores)),
    'another number of cores, which adds up in another order on backends other than wasm and cpu',
  ],
  ['Node.js', ({ node }) => say(node, (version) => version), 'another version of Node.js'],
  ['processor', ({ cpu }) => say(cpu, ({ model }) => say(model, (name) => name)), 'another processor'],
  ['graphics cards', ({ gpus }) => say(gpus, (cards) => list(cards.map(({ name }) => name)))],
  ['kernel', ({ operatingSystem }) => say(operatingSystem, ({ kernel }) => kernel)],
  ['operating system', ({ operatingSystem }) => say(operatingSystem, ({ name }) => say(name, (one) => one))],
  ['isolation', ({ isolation }) => isolation.name],
]

/** What differs between two environments, and what of it may have made numbers differ, likeliest first. Pure. */
export function compareEnvironments(
  released: EnvironmentReport,
  reproduced: EnvironmentReport,
): { readonly differences: readonly EnvironmentDifference[]; readonly reasons: readonly string[] } {
  const different = SIDES.filter(([, words]) => words(released) !== words(reproduced))
  const packages = comparePackages(released.packages, reproduced.packages)
  return {
    differences: [
      ...different.map(([what, words]) => ({ what, released: words(released), reproduced: words(reproduced) })),
      ...packages,
    ],
    reasons: [
      ...different.flatMap(([, words, why]) =>
        why === undefined || !isKnown(words(released)) || !isKnown(words(reproduced)) ? [] : [why],
      ),
      ...(packages.some(({ released: one, reproduced: other }) => isKnown(one) && isKnown(other))
        ? ['other versions of packages']
        : []),
    ],
  }
}

function comparePackages(
  released: Observed<readonly InstalledPackage[]>,
  reproduced: Observed<readonly InstalledPackage[]>,
): readonly EnvironmentDifference[] {
  const only = (one: typeof released, other: typeof released): string =>
    say(one, (packages) => {
      if (other.status !== 'observed') return `${packages.length} packages`
      const others = other.value.map(({ purl }) => purl)
      return list(packages.map(({ purl }) => purl).filter((purl) => !others.includes(purl)))
    })
  const sides = { released: only(released, reproduced), reproduced: only(reproduced, released) }
  return sides.released === NONE && sides.reproduced === NONE ? [] : [{ what: 'packages', ...sides }]
}

const NONE = 'none'
const UNKNOWN = 'unavailable: '

/** Of what nobody saw, nobody can say that it was another. */
function isKnown(words: string): boolean {
  return !words.includes(UNKNOWN)
}

function list(words: readonly string[]): string {
  return words.length === 0 ? NONE : words.join(', ')
}

function say<T>(observation: Observed<T>, words: (value: T) => string): string {
  if (observation.status === 'observed') return words(observation.value)
  return observation.status === 'absent' ? 'absent' : `${UNKNOWN}${observation.reason}`
}
