import { parseTimestamp, ParseError, utf8Decode, utf8Encode } from '@aibomgen/core'
import {
  ABSENT,
  observed,
  parseEnvironmentReport,
  serializeEnvironmentReport,
  unavailable,
  type EnvironmentReport,
} from '@aibomgen/trainer/environment'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const notEnforced = { status: 'not-enforced', reason: 'not tried' } as const

const report: EnvironmentReport = {
  _type: 'https://aibomgen.dev/environment/v1',
  jobId: '5f0c0b4e-3f0b-4f0e-9a53-0d9a4f7f9a10',
  times: {
    requested: parseTimestamp('2026-11-22T19:42:00Z'),
    started: parseTimestamp('2026-11-22T19:42:01Z'),
    ended: parseTimestamp('2026-11-22T19:43:00Z'),
  },
  keySeparation: 'single-host',
  isolation: {
    name: 'process',
    keys: 'reachable',
    resources: {
      network: notEnforced,
      fileSystem: notEnforced,
      environmentVariables: { status: 'enforced', by: 'empty environment' },
      memory: notEnforced,
      processes: notEnforced,
      openFiles: notEnforced,
      outputSize: notEnforced,
      wallClock: notEnforced,
    },
  },
  backend: observed({ name: 'wasm', versions: { '@tensorflow/tfjs-core': '4.22.0' }, devices: [] }),
  operatingSystem: observed({ name: ABSENT, platform: 'linux', kernel: '6.1.0' }),
  node: observed('24.21.0'),
  cpu: unavailable('EACCES'),
  memory: observed({ totalBytes: 0, limitBytes: ABSENT }),
  disk: observed({ totalBytes: 10, availableBytes: 1 }),
  gpus: observed([{ name: 'A', memoryBytes: observed(1), driver: observed('1'), cuda: unavailable('not told') }]),
  container: ABSENT,
  trainer: observed({ name: '@aibomgen/trainer', version: '1.0.0', checkout: ABSENT }),
  packages: observed([]),
}

describe('the environment report', () => {
  it('comes back from its bytes as it was, with absent, unavailable and zero kept apart', () => {
    expect(parseEnvironmentReport(serializeEnvironmentReport(report))).toEqual(report)
  })

  it('has the same bytes whatever the order in which it was put together', () => {
    const reversed = Object.fromEntries(Object.entries(report).reverse()) as unknown as EnvironmentReport
    expect(serializeEnvironmentReport(reversed)).toEqual(serializeEnvironmentReport(report))
  })

  it.each([
    ['an unknown member', { ...report, hostName: 'secret' }, ''],
    ['no member left out', { ...report, gpus: undefined }, 'gpus'],
    ['a bare value where an observation belongs', { ...report, node: '24.21.0' }, 'node'],
    [
      'a resource of the isolation left out',
      { ...report, isolation: { ...report.isolation, resources: {} } },
      'network',
    ],
    [
      'an image digest that is none',
      { ...report, container: observed({ engine: ABSENT, imageDigest: observed('latest') }) },
      'imageDigest',
    ],
    ['a document of another type', { ...report, _type: 'https://aibomgen.dev/job/v1' }, '_type'],
  ])('refuses %s', (_, value, path) => {
    const bytes = utf8Encode(JSON.stringify(value))
    expect(() => parseEnvironmentReport(bytes)).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_INVALID', message: expect.stringContaining(path) }),
    )
  })

  it('throws nothing but ParseError, whatever a worker wrote', () => {
    const text = utf8Decode(serializeEnvironmentReport(report))
    const damaged = fc.tuple(fc.nat(text.length), fc.nat(4), fc.string({ maxLength: 3 }))
    fc.assert(
      fc.property(damaged, ([at, length, insert]) => {
        try {
          parseEnvironmentReport(utf8Encode((text.slice(0, at) + insert + text.slice(at + length)).toWellFormed()))
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError)
        }
      }),
    )
  })
})
