/** Removing what others have written. @module */

import { removeTree } from '@aibomgen/core/node'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'remove-tree-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('removes folders that were shut, and follows no link out of them', async () => {
  await mkdir(join(directory, 'kept'))
  await writeFile(join(directory, 'kept', 'file'), 'x')
  await mkdir(join(directory, 'tree', 'shut', 'deeper'), { recursive: true })
  await symlink(join(directory, 'kept'), join(directory, 'tree', 'shut', 'link'))
  await chmod(join(directory, 'tree', 'shut', 'deeper'), 0)
  await chmod(join(directory, 'tree', 'shut'), 0)
  await removeTree(join(directory, 'tree'))
  expect(await readdir(directory)).toEqual(['kept'])
  expect(await readdir(join(directory, 'kept'))).toEqual(['file'])
})

it('is content with nothing', async () => {
  await removeTree(join(directory, 'nothing'))
  expect(await readdir(directory)).toEqual([])
})
