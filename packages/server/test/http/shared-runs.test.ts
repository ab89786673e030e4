/** Many who ask for the same at once: who shares a run, and who never does. @module */

import { describe, expect, it } from 'vitest'

import { createSharedRuns } from '../../src/http/shared-runs.ts'

/** Runs that end when they are told to, numbered as they begin. */
function createRuns() {
  const runs: PromiseWithResolvers<string>[] = []
  const share = createSharedRuns<string>()
  const ask = (key: string): Promise<string> =>
    share(key, () => {
      const run = Promise.withResolvers<string>()
      runs.push(run)
      return run.promise
    })
  return { runs, ask }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('shared runs', () => {
  it('begins at once for who asks alone', async () => {
    const { runs, ask } = createRuns()
    const first = ask('a')
    expect(runs).toHaveLength(1)
    runs[0]?.resolve('one')
    expect(await first).toBe('one')
    const second = ask('a')
    expect(runs).toHaveLength(2)
    runs[1]?.resolve('two')
    expect(await second).toBe('two')
  })

  it('gives who asks during a run the next one, all of them the same, and never the one that had begun', async () => {
    const { runs, ask } = createRuns()
    const first = ask('a')
    const meanwhile = [ask('a'), ask('a'), ask('a')]
    expect(runs).toHaveLength(1)
    runs[0]?.resolve('before')
    expect(await first).toBe('before')
    await settled()
    expect(runs).toHaveLength(2)
    const later = ask('a')
    runs[1]?.resolve('after')
    expect(await Promise.all(meanwhile)).toEqual(['after', 'after', 'after'])
    await settled()
    expect(runs).toHaveLength(3)
    runs[2]?.resolve('last')
    expect(await later).toBe('last')
  })

  it('shares nothing between keys', async () => {
    const { runs, ask } = createRuns()
    const answers = [ask('a'), ask('b')]
    expect(runs).toHaveLength(2)
    runs[1]?.resolve('of b')
    runs[0]?.resolve('of a')
    expect(await Promise.all(answers)).toEqual(['of a', 'of b'])
  })

  it('tells everybody who shares a run why it failed, and begins the next one all the same', async () => {
    const { runs, ask } = createRuns()
    const first = ask('a')
    const second = ask('a')
    runs[0]?.reject(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    await settled()
    runs[1]?.resolve('there')
    expect(await second).toBe('there')
  })
})
