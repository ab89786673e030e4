/** Scratch directories of processes that are over are swept; those of running ones are not. @module */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { identifyThisProcess, isOver } from '@aibomgen/core/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createScratch } from '../src/scratch.ts'

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'aibomgen-scratch-'))
})
afterEach(() => rm(parent, { recursive: true }))

/** The identity of a process that ran and is over. */
async function identityOfADeadProcess(): Promise<string> {
  const own = await identifyThisProcess()
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return own.replace(/\.\d+\.(\d+)$/, `.${child.pid}.$1`)
}

describe('a scratch directory', () => {
  it('is gone once it is disposed of', async () => {
    {
      await using scratch = await createScratch(parent)
      await writeFile(join(scratch.directory, 'file'), 'bytes')
      expect(await readdir(parent)).toHaveLength(1)
    }
    expect(await readdir(parent)).toEqual([])
  })

  it('is swept when its process is over', async () => {
    await mkdir(join(parent, `.aibomgen-${await identityOfADeadProcess()}-abc123`, 'store'), { recursive: true })
    await using scratch = await createScratch(parent)
    expect(await readdir(parent)).toEqual([expect.stringContaining(scratch.directory.slice(parent.length + 1))])
  })

  it.each([
    ['of a running process', async () => `.aibomgen-${await identifyThisProcess()}-abc123`],
    ['of another machine', async () => `.aibomgen-00000000.00000000.1.1-abc123`],
    ['that is none', async () => '.aibomgen-notes'],
  ])('stays where it is: one %s', async (_name, makeName) => {
    const name = await makeName()
    await mkdir(join(parent, name))
    await using scratch = await createScratch(parent)
    expect(scratch.directory).not.toBe(join(parent, name))
    expect(await readdir(parent)).toContain(name)
  })

  it('cannot be made where nothing can be written', async () => {
    await expect(createScratch(join(parent, 'nowhere'))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })
})

describe('isOver', () => {
  it('tells a process from a later one with the same number, and from one before the last boot', async () => {
    const own = await identifyThisProcess()
    const [machine, boot, pid, start] = own.split('.')
    expect(await isOver(own)).toBe(false)
    expect(await isOver([machine, boot, pid, Number(start) + 1].join('.'))).toBe(true)
    expect(await isOver([machine, '00000000', pid, start].join('.'))).toBe(true)
    expect(await isOver(await identityOfADeadProcess())).toBe(true)
  })
})
