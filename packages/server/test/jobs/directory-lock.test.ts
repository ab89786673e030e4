/** The lock on an embedded database: one living process has it, dead ones do not keep it. @module */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { identifyThisProcess } from '@aibomgen/core/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { lockDirectory } from '../../src/jobs/directory-lock.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-test-'))
})
afterEach(() => rm(directory, { recursive: true }))

const locked = { code: 'DATABASE_LOCKED' }
const MODULE = new URL('../../src/jobs/directory-lock.ts', import.meta.url).href

/** A process that tries to take the lock, says how that went, and lives until it is killed. */
async function lockElsewhere(): Promise<{ readonly pid: number; readonly said: string; kill(): Promise<void> }> {
  const program = `import { lockDirectory } from ${JSON.stringify(MODULE)}
    setInterval(() => {}, 1000)
    await lockDirectory(${JSON.stringify(directory)}).then(() => console.log('LOCKED'), (error) => console.log(error.code))`
  const argv = ['--conditions=@aibomgen/source', '--input-type=module', '-e', program]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    pid: child.pid ?? 0,
    said: String(said).trim(),
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

describe('lockDirectory', () => {
  it('refuses a second holder, naming the first, until it is given back', async () => {
    const lock = await lockDirectory(directory)
    await expect(lockDirectory(directory)).rejects.toMatchObject({ ...locked, detail: { directory, pid: process.pid } })
    await lock.release()
    const again = await lockDirectory(directory)
    await again.release()
    expect(await readdir(directory)).toEqual([])
  })

  it('is refused while another process lives, and taken over when that was killed', async () => {
    const other = await lockElsewhere()
    await expect(lockDirectory(directory)).rejects.toMatchObject({ ...locked, detail: { directory, pid: other.pid } })
    await other.kill()
    const lock = await lockDirectory(directory)
    await expect(lockDirectory(directory)).rejects.toMatchObject(locked)
    await lock.release()
  })

  it('goes to one of many that take over at once', async () => {
    const dead = await lockElsewhere()
    await dead.kill()
    const others = await Promise.all([lockElsewhere(), lockElsewhere(), lockElsewhere(), lockElsewhere()])
    expect(others.map(({ said }) => said).sort()).toEqual([
      'DATABASE_LOCKED',
      'DATABASE_LOCKED',
      'DATABASE_LOCKED',
      'LOCKED',
    ])
    for (const other of others) await other.kill()
  })

  it.each([
    ['of another machine is respected while it is fresh', 0, locked],
    ['of another machine that has been silent is taken over', 60, undefined],
  ])('%s', async (_, silentSeconds, refusal) => {
    const [, ...rest] = (await identifyThisProcess()).split('.')
    const path = join(directory, 'lock-1')
    await writeFile(path, ['00000000', ...rest].join('.'))
    const touched = new Date(Date.now() - silentSeconds * 1000)
    await utimes(path, touched, touched)
    if (refusal !== undefined) return expect(lockDirectory(directory)).rejects.toMatchObject(refusal)
    const lock = await lockDirectory(directory)
    expect(await readdir(directory)).toEqual(['lock-2'])
    await lock.release()
  })
})
