import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { parseJson, parseTimestamp, publicKeyFromSecuresystemslib, SdkError, type PublicKey } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { verifyLayout } from '../src/verify-layout.ts'
import { CASES_DIRECTORY } from './vectors.ts'

interface Expected {
  readonly verdict: 'pass' | 'fail'
  readonly recommended?: 'fail' | 'either'
  readonly requires?: readonly string[]
}

const AT = parseTimestamp('2026-11-22T12:00:00Z')

/** Where we mean to differ from the corpus, and why. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  [
    'canonical--dup-key-first--dsse',
    'duplicate member names are refused in everything signed: two readers could disagree',
  ],
])

describe.skipIf(CASES_DIRECTORY === undefined)(
  `whole in-toto cases${CASES_DIRECTORY === undefined ? ' (skipped: ../shared/vectors/intoto is not here)' : ''}`,
  () => {
    const directory = CASES_DIRECTORY ?? ''
    const names = CASES_DIRECTORY === undefined ? [] : readdirSync(directory).filter((name) => name.includes('--'))

    it('are all there', () => {
      expect(names).toHaveLength(485)
    })

    for (const name of names) {
      const path = join(directory, name)
      const expected = JSON.parse(readFileSync(join(path, 'expected.json'), 'utf8')) as Expected
      const answer = expected.recommended ?? expected.verdict
      const missing = unsupportedFeature(name, path, expected)
      if (missing === 'params') {
        it.skip(`${name} (skipped: parameter substitution is not supported yet)`)
      } else if (missing !== undefined && answer === 'pass') {
        it(`refuses ${name} cleanly, which passes once there is ${missing}`, async () => {
          expect(await judge(path)).toBe('fail')
        })
      } else {
        it(`${name}: ${DIFFERENT.has(name) ? `fail (${DIFFERENT.get(name)})` : answer}`, async () => {
          const verdict = await judge(path)
          if (answer !== 'either') expect(verdict).toBe(DIFFERENT.has(name) ? 'fail' : answer)
          else expect(['pass', 'fail']).toContain(verdict)
        })
      }
    }
  },
)

function unsupportedFeature(name: string, path: string, { requires = [] }: Expected): string | undefined {
  if (existsSync(join(path, 'options.json')) && 'substitution_parameters' in readJson(join(path, 'options.json'))) {
    return 'params'
  }
  if (name.startsWith('sublayout--')) return 'sublayouts'
  if (name.startsWith('inspection--')) return 'inspections'
  return requires.find((feature) => feature === 'rsa' || feature === 'ecdsa')
}

async function judge(path: string): Promise<'pass' | 'fail'> {
  try {
    await verifyLayout(
      { layout: readFileSync(join(path, 'layout.json')), links: readLinks(path) },
      { ownerKeys: readKeys(path), at: AT },
    )
    return 'pass'
  } catch (error) {
    expect(error).toBeInstanceOf(SdkError)
    return 'fail'
  }
}

function readLinks(path: string): Map<string, Uint8Array> {
  const directory = join(path, 'links')
  if (!existsSync(directory)) return new Map()
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(files.map(({ name }) => [name, readFileSync(join(directory, name))]))
}

function readKeys(path: string): PublicKey[] {
  const directory = join(path, 'keys')
  if (!existsSync(directory)) return []
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'))
  return files.map((name) => publicKeyFromSecuresystemslib(readJson(join(directory, name))))
}

function readJson(path: string): object {
  return parseJson(readFileSync(path), { maxBytes: 1 << 20 }) as object
}
