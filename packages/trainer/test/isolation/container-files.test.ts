/** What a container sees of the host's files, where engines can mount and make no links. @module */

import { mkdir, mkdtemp, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { layOutFiles } from '../../src/isolation/container-files.ts'

let host: string
let place: string
beforeEach(async () => {
  host = await mkdtemp(join(tmpdir(), 'aibomgen-host-'))
  place = await mkdtemp(join(tmpdir(), 'aibomgen-place-'))
  await mkdir(join(host, 'core'))
  await writeFile(join(host, 'node'), '')
})
afterEach(() => Promise.all([host, place].map((directory) => rm(directory, { recursive: true }))))

const files = (paths: readonly string[], links: Readonly<Record<string, string>> = {}) => ({
  paths,
  links: new Map(Object.entries(links)),
})

it('mounts what is no link at its own place', async () => {
  const node = { source: join(host, 'node'), target: '/usr/bin/node' }
  const core = join(host, 'core')
  expect(await layOutFiles(place, [files([core])], [node])).toEqual([{ source: core, target: core }, node])
})

it('mounts what a link of the root leads to', async () => {
  expect(await layOutFiles(place, [files([], { '/lib': '/usr/lib' })], [])).toEqual([
    { source: '/usr/lib', target: '/lib' },
  ])
})

it('makes a folder with the link, and with places for what is mounted in it', async () => {
  const node = { source: join(host, 'node'), target: '/app/bin/node' }
  const core = { source: join(host, 'core'), target: '/app/packages/core' }
  const links = { '/app/node_modules/@a/core': '/app/packages/core' }
  const mounts = await layOutFiles(place, [files([], links)], [node, core])
  expect(mounts).toEqual([{ source: join(place, 'app'), target: '/app' }, node, core])
  expect(await readlink(join(place, 'app/node_modules/@a/core'))).toBe('/app/packages/core')
  expect((await stat(join(place, 'app/bin/node'))).isFile()).toBe(true)
  expect((await stat(join(place, 'app/packages/core'))).isDirectory()).toBe(true)
})

it('leaves the container a /tmp of its own', async () => {
  const links = { '/tmp/app/node_modules/core': '/tmp/app/core' }
  expect(await layOutFiles(place, [files([], links)], [])).toEqual([
    { source: join(place, 'tmp/app'), target: '/tmp/app' },
  ])
})
