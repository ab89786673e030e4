/** Names and types that documents share. @module */

import * as core from '@aibomgen/core'
import { expect, it } from 'vitest'

it('every URI of ours stands under one base', () => {
  const uris = Object.entries(core).filter(([, value]) => typeof value === 'string' && value.includes('://'))
  expect(uris.length).toBeGreaterThanOrEqual(7)
  for (const [name, uri] of uris) expect(uri, name).toMatch(/^https:\/\/aibomgen\.dev\//)
})

it('every artifact name of a release is one that links can hold, and there once', () => {
  const names = [...core.INPUT_NAMES, ...core.OUTPUT_NAMES]
  for (const name of names) expect(core.parseArtifactName(name)).toBe(name)
  expect(new Set(names).size).toBe(names.length)
})
