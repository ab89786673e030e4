/** What came out of a training that was run again, as text. @module */

import type { NumericDifference, Reproduction } from '@aibomgen/intoto'

import { showOnOneLine, type Output } from './output.ts'

/** The reproduction for people: the verdict, and what lies how far apart. */
export function describeReproduction(reproduction: Reproduction, output: Output): string {
  const { verdict, release, outputs, weights, metrics, environment, mayBeDueTo } = reproduction
  const isSame = verdict === 'reproduced'
  return [
    `${output.style(isSame ? 'green' : 'red', isSame ? 'reproduced bit for bit' : 'differs')}  job ${showOnOneLine(release.jobId)}`,
    ...outputs.filter((one) => one.released !== one.reproduced).map(({ name }) => `  differs   ${showOnOneLine(name)}`),
    ...(weights === undefined ? [] : [`  weights   ${describeDifference(weights)}`]),
    ...(metrics === undefined ? [] : [`  metrics   ${describeDifference(metrics)}`]),
    ...environment.map(({ what, released, reproduced }) =>
      showOnOneLine(`  ${what}: ${released} there, ${reproduced} here`),
    ),
    ...mayBeDueTo.map((reason) => showOnOneLine(`  may be due to ${reason}`)),
  ].join('\n')
}

function describeDifference({ compared, identical, maxAbsolute, maxRelative, furthest }: NumericDifference): string {
  const apart = `at most ${maxAbsolute.toPrecision(3)} apart (${maxRelative.toPrecision(3)} of the larger)`
  const where = furthest === undefined ? '' : `, furthest at ${furthest}`
  return showOnOneLine(`${identical} of ${compared} numbers the same, ${apart}${where}`)
}
