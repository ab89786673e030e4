/** Looking at what a child writes while it writes. @module */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { DEFAULT_LIMITS } from '../../src/isolation/limits.ts'
import { filesReached } from '../../src/isolation/watch-limits.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watch-limits-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe('filesReached', () => {
  it('passes over folders that come and go while it looks', async () => {
    let isChurning = true
    const churn = async (name: string): Promise<void> => {
      while (isChurning) {
        await mkdir(join(directory, 'outputs', name, 'deeper'), { recursive: true })
        await writeFile(join(directory, 'outputs', name, 'deeper', 'file'), 'x')
        await rm(join(directory, 'outputs', name), { recursive: true })
      }
    }
    const churning = ['a', 'b', 'c'].map(churn)
    for (let look = 0; look < 300; look++) expect(await filesReached(directory, DEFAULT_LIMITS)).toBeUndefined()
    isChurning = false
    await Promise.all(churning)
  })

  it('counts the bytes of every folder', async () => {
    await mkdir(join(directory, 'outputs', 'a', 'b'), { recursive: true })
    for (const path of ['one', 'a/two', 'a/b/three'])
      await writeFile(join(directory, 'outputs', path), 'x'.repeat(100_000))
    const limits = { ...DEFAULT_LIMITS, outputBytes: 250_000 }
    expect(await filesReached(directory, limits)).toMatchObject({ what: 'bytes in outputs', limit: 250_000 })
    expect(await filesReached(directory, DEFAULT_LIMITS)).toBeUndefined()
  })

  it('finds nothing in a directory that is not there', async () => {
    expect(await filesReached(join(directory, 'nowhere'), DEFAULT_LIMITS)).toBeUndefined()
  })
})
