/** What an AIBoM says of the confinement of a training. @module */

import { expect, it } from 'vitest'

import { buildAibom } from '../src/build-aibom.ts'
import type { IsolationFacts } from '../src/environment-facts.ts'
import { WINE_FACTS } from './wine-facts.ts'

const { environment } = WINE_FACTS

function build(isolation: IsolationFacts): string {
  const facts = { ...WINE_FACTS, environment: { ...environment, isolation } }
  return JSON.stringify(buildAibom(facts, { specVersion: '1.6' }))
}

it('names the image of the container that the training ran in', () => {
  const image = `sha256:${'a'.repeat(64)}`
  expect(build({ ...environment.isolation, name: 'container', image })).toContain(
    JSON.stringify({ name: 'aibomgen:isolation:image', value: image }),
  )
})

it('names none where there was no container', () => {
  expect(build(environment.isolation)).not.toContain('aibomgen:isolation:image')
})
