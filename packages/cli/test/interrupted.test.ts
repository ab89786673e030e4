/** Killed or stopped at any stage: nothing half-made is left for good, and the next run works. @module */

import { readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { createPlace, wineFlags, type Place } from './run-cli.ts'

const LONG = ['--epochs', '100000']

/** Waits until the files of a place, by their relative paths, are such that `isReached`, or the run is over. */
async function waitFor(
  place: Place,
  run: ReturnType<Place['start']>,
  isReached: (files: readonly string[]) => boolean,
): Promise<void> {
  while (run.process.exitCode === null && !isReached(list(place.directory))) await setTimeout(1)
}

/** Files come and go while this looks: a listing that fails is looked at again. */
function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

const has =
  (pattern: RegExp) =>
  (files: readonly string[]): boolean =>
    files.some((file) => pattern.test(file))

/** [stage, what is there once it is reached, flags] */
const stages = [
  ['its home is begun', has(/^home\/generations$/), []],
  ['keys are being made', has(/^home\/\.aibomgen-.*\.pem$/), []],
  ['its home is there', has(/^home\/generations\/1$/), []],
  ['inputs are being stored', has(/^\.aibomgen-[^/]+\/store/), []],
  ['inputs are staged', has(/inputs\/dataset$/), []],
  ['it trains', has(/workspaces\/[^/]+\/outputs$/), LONG],
  ['outputs are written', has(/workspaces\/.*trained_model\.keras$/), []],
  ['the release is being written', has(/^\.aibomgen-[^/]+\/release/), []],
] as const

describe('train', () => {
  it.each(stages)('works again after a SIGKILL when %s', { timeout: 120_000 }, async (_stage, isReached, flags) => {
    await using place = await createPlace()
    const run = place.start('train', ...wineFlags, ...flags, '--out', 'release')
    await waitFor(place, run, isReached)
    run.process.kill('SIGKILL')
    await run.ended
    // The kill may come too late to stop the last stage: then the release is there, and whole.
    const left = (await readdir(place.directory)).filter((name) => name === 'release')
    for (const name of left) expect((await place.run('verify', name)).exitCode).toBe(0)

    expect(await place.run('train', ...wineFlags, '--out', 'again')).toMatchObject({ exitCode: 0 })
    expect((await readdir(place.directory)).sort()).toEqual(['again', 'home', ...left])
    expect((await readdir(place.home)).sort()).toEqual(['generations', 'keys', 'layout.json', 'trust-root.json'])
    expect((await place.run('verify', 'again')).exitCode).toBe(0)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing after %s', async (signal, exitCode) => {
    await using place = await createPlace()
    const run = place.start('train', ...wineFlags, ...LONG, '--out', 'release')
    await waitFor(place, run, has(/outputs$/))
    run.process.kill(signal)
    const ended = await run.ended
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.stderr).toMatch(/^error CANCELLED: training was cancelled$/m)
    expect(await readdir(place.directory)).toEqual(['home'])
  })

  it('lets two runs make one home at once', async () => {
    await using place = await createPlace()
    const runs = ['one', 'two'].map((out) => place.run('train', ...wineFlags, '--out', out))
    for (const ended of await Promise.all(runs)) expect(ended).toMatchObject({ exitCode: 0 })
    for (const out of ['one', 'two']) expect((await place.run('verify', out)).exitCode).toBe(0)
    expect(await readdir(join(place.home, 'generations'))).toEqual(['1'])
  })
})
