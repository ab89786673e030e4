/** `aibomgen gc`, on a home whose server is there, or was. */

import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { sha256Hex, utf8Encode } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, wineFlags, type Place } from '../run-cli.ts'
import { startServer, stop, type Running } from './running-server.ts'

const GARBAGE = utf8Encode('nobody holds this')
const DAY_MS = 24 * 3600 * 1000

let place: Place
let server: Running
beforeAll(async () => {
  place = await createPlace({ AIBOMGEN_SCANNERS: 'none', AIBOMGEN_LOG_LEVEL: 'error' })
  const running = await startServer(place, '--workers', '0')
  server = running
  const submitted = await place.run('submit', '--server', running.url, ...wineFlags)
  expect(submitted.exitCode, submitted.stderr).toBe(0)
})
afterAll(async () => {
  if (server.process.exitCode === null) await stop(server)
  await place[Symbol.asyncDispose]()
})

/** Puts what nobody holds into the store, so many days ago. */
async function putGarbage(content: Uint8Array, days: number): Promise<string> {
  const sha256 = sha256Hex(content)
  const directory = join(place.home, 'server/store/blobs', sha256.slice(0, 2))
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, sha256.slice(2)), content)
  const at = new Date(Date.now() - days * DAY_MS)
  await utimes(join(directory, sha256.slice(2)), at, at)
  return sha256
}

async function stored(): Promise<readonly string[]> {
  const blobs = join(place.home, 'server/store/blobs')
  const entries = await readdir(blobs, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => parentPath.slice(-2) + name)
}

describe('aibomgen gc', () => {
  it.each([
    ['an argument', ['now'], 'USAGE', 2],
    ['a flag that there is not', ['--all'], 'USAGE', 2],
    ['settings that are not there', ['--config', 'none.yaml'], 'FILE_UNREADABLE', 2],
  ] as const)('refuses %s', async (_what, argv, code, exitCode) => {
    const ended = await place.run('gc', ...argv, '--json')
    expect(ended.exitCode, ended.stderr).toBe(exitCode)
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code })
  })

  it('leaves an embedded database to its server', async () => {
    const ended = await place.run('gc', '--json')
    expect(ended.exitCode, ended.stderr).toBe(78)
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'DATABASE_LOCKED' })
  })

  it('counts first, and then takes what nobody holds and is old, and nothing else', async () => {
    await stop(server)
    const held = await stored()
    const [old, young] = [await putGarbage(GARBAGE, 2), await putGarbage(utf8Encode('too young'), 0)]
    const counted = await place.run('gc', '--dry-run', '--json')
    expect(counted.exitCode, counted.stderr).toBe(0)
    const found = { artifactsDeleted: 1, bytesDeleted: GARBAGE.length, jobsExpired: 0 }
    expect(JSON.parse(counted.stdout)).toMatchObject({ ...found, dryRun: true, artifactsKept: held.length + 1 })
    expect(await stored()).toContain(old)

    const swept = await place.run('gc')
    expect(swept.exitCode, swept.stderr).toBe(0)
    expect(swept.stdout).toContain(`deleted  1 artifacts, ${GARBAGE.length} bytes; ${held.length + 1} kept\n`)
    expect((await stored()).toSorted()).toEqual([...held, young].toSorted())
    const again = await place.run('gc', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ dryRun: false, artifactsDeleted: 0 })
  })
})
