/** Finding out which control groups may be made, on systems of either version. @module */

import { DEFAULT_LIMITS, findControlGroups } from '@aibomgen/trainer'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'control-groups-'))
})
afterEach(() => rm(root, { recursive: true }))

async function lay(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

it('takes version 2 beside us, where controllers are handed down', async () => {
  await lay({
    'proc/self/cgroup': '0::/service/worker\n',
    'sys/fs/cgroup/service/cgroup.procs': '',
    'sys/fs/cgroup/service/cgroup.subtree_control': 'cpu memory pids\n',
  })
  const { controls } = await findControlGroups(root)
  expect([...controls]).toEqual([
    ['memory', 'cgroup v2'],
    ['processes', 'cgroup v2'],
  ])
  expect((await readdir(join(root, 'sys/fs/cgroup/service'))).sort()).toEqual([
    'cgroup.procs',
    'cgroup.subtree_control',
  ])
})

it('asks for the controllers of a group that was handed to us', async () => {
  await lay({
    'proc/self/cgroup': '0::/service/worker\n',
    'sys/fs/cgroup/service/cgroup.procs': '',
    'sys/fs/cgroup/service/cgroup.subtree_control': '\n',
  })
  await findControlGroups(root)
  expect(await readFile(join(root, 'sys/fs/cgroup/service/cgroup.subtree_control'), 'utf8')).toBe('+memory +pids')
})

it('takes version 1 in each hierarchy of its own', async () => {
  await lay({
    'proc/self/cgroup': '8:pids:/\n4:memory:/a/b\n0::/\n',
    'sys/fs/cgroup/pids/cgroup.procs': '',
    'sys/fs/cgroup/memory/a/b/cgroup.procs': '',
  })
  const groups = await findControlGroups(root)
  expect([...groups.controls]).toEqual([
    ['processes', 'cgroup v1'],
    ['memory', 'cgroup v1'],
  ])
  const group = await groups.create('one', DEFAULT_LIMITS)
  expect(group.joinFiles).toEqual([
    join(root, 'sys/fs/cgroup/pids/aibomgen-one/cgroup.procs'),
    join(root, 'sys/fs/cgroup/memory/a/b/aibomgen-one/cgroup.procs'),
  ])
  await lay({
    'sys/fs/cgroup/memory/a/b/aibomgen-one/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  })
  expect(await group.reached()).toMatchObject({ what: 'bytes of memory' })
  await rm(join(root, 'sys/fs/cgroup/memory/a/b/aibomgen-one/memory.oom_control'))
  await group.remove()
  expect(await readdir(join(root, 'sys/fs/cgroup/pids'))).toEqual(['cgroup.procs'])
})

it('takes none where there are none, or where we may not', async () => {
  expect((await findControlGroups(root)).controls.size).toBe(0)
  await lay({ 'proc/self/cgroup': '0::/a\n', 'sys/fs/cgroup/a/cgroup.procs': '' })
  expect((await findControlGroups(root)).controls.size).toBe(0)
})
