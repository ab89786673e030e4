/** `docs/backup-and-restore.md`, as it says: a platform is saved, lost, and found again elsewhere. @module */

import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { noPostgres, startPostgres, type PostgresServer } from '../../../server/test/postgres.ts'
import { createPlace, wineFlags, type Place } from '../run-cli.ts'
import { startServer, stop } from './running-server.ts'

const POSTGRES_BINARIES = globSync('/usr/lib/postgresql/*/bin').sort().reverse()[0] ?? ''

const kinds = [
  { title: 'the embedded database', isEmbedded: true, skip: undefined },
  {
    title: `PostgreSQL${noPostgres === undefined ? '' : ` (skipped: ${noPostgres})`}`,
    isEmbedded: false,
    skip: noPostgres,
  },
]

describe.each(kinds)('a platform on $title', ({ isEmbedded, skip }) => {
  let postgres: PostgresServer | undefined
  const places: Place[] = []
  beforeAll(async () => {
    if (skip === undefined && !isEmbedded) postgres = await startPostgres()
  }, 600_000)
  afterAll(async () => {
    for (const place of places) await place[Symbol.asyncDispose]()
    await postgres?.[Symbol.asyncDispose]()
  })

  async function createPlatform(url: string | undefined): Promise<Place> {
    const database: Record<string, string> = url === undefined ? {} : { DATABASE_URL: url }
    const place = await createPlace({ ...database, AIBOMGEN_LOG_LEVEL: 'error' })
    places.push(place)
    return place
  }
  const serve = (place: Place): ReturnType<typeof startServer> =>
    isEmbedded ? startServer(place) : startServer(place, '--workers', '1')

  it.skipIf(skip)(
    'is saved, and restored with its jobs, its audit record and its trust',
    { timeout: 900_000 },
    async () => {
      const url = await postgres?.createDatabase()
      const place = await createPlatform(url)
      let server = await serve(place)
      const submit = async (): Promise<string> => {
        const { stdout, stderr } = await place.run('submit', '--server', server.url, ...wineFlags, '--wait', '--json')
        expect(stdout, stderr).not.toBe('')
        return JSON.parse(stdout).job_id
      }
      const before = await submit()
      const backup = join(place.directory, 'backup')
      await mkdir(backup, { recursive: true })

      // 1 to 3 of "what to save": home, database, then store.
      if (isEmbedded) await stop(server)
      const shell = (script: string, directory: string): string =>
        execFileSync('sh', ['-ec', script], { cwd: directory, encoding: 'utf8' })
      shell('tar -C "$PWD/home" --exclude=./server -cf backup/home.tar .', place.directory)
      if (url === undefined)
        await cp(join(place.home, 'server/database'), join(backup, 'database'), { recursive: true })
      else pgTool('pg_dump', '--format=custom', `--file=${join(backup, 'database.dump')}`, url)
      shell(
        'mkdir backup/store && tar -C home/server/store --exclude=./incoming -cf - . | tar -C backup/store -xf -',
        place.directory,
      )
      expect(shell(CHECK, join(backup, 'store'))).toBe('')

      // What happens after the copy is lost, and said to be.
      if (isEmbedded) server = await serve(place)
      const after = await submit()
      await stop(server)
      expect((await place.run('audit', 'export', 'audit.jsonl')).exitCode).toBe(0)
      await writeFile(join(place.directory, 'trust-root.json'), await readFile(join(place.home, 'trust-root.json')))

      const restoredUrl = await postgres?.createDatabase()
      const restored = await createPlatform(restoredUrl)
      await mkdir(join(restored.home, 'server'), { recursive: true })
      execFileSync('tar', ['-C', restored.home, '-xf', join(backup, 'home.tar')])
      execFileSync('chmod', ['-R', 'go-rwx', restored.home])
      await cp(join(backup, 'store'), join(restored.home, 'server/store'), { recursive: true })
      if (restoredUrl === undefined)
        await cp(join(backup, 'database'), join(restored.home, 'server/database'), { recursive: true })
      else pgTool('pg_restore', '--no-owner', `--dbname=${restoredUrl}`, join(backup, 'database.dump'))

      const again = await serve(restored)
      expect((await fetch(`${again.url}/readyz`)).status).toBe(200)
      const status = await (await fetch(`${again.url}/job_status/${before}`)).json()
      expect(status).toMatchObject({ status: 'completed' })
      expect((await fetch(`${again.url}/job_status/${after}`)).status).toBe(404)
      // By the trust root that a verifier held before, and that was not in the backup.
      const trust = ['--trust', join(place.directory, 'trust-root.json')]
      const verified = await restored.run('verify', before, '--server', again.url, '--evidence-only', ...trust)
      expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0)
      const next = await restored.run('submit', '--server', again.url, ...wineFlags, '--wait', '--json')
      expect(JSON.parse(next.stdout)).toMatchObject({ state: 'completed' })
      while ((await fetch(`${again.url}/readyz`)).status !== 200) await setTimeout(100)
      await stop(again)
      const exported = await restored.run('audit', 'export', 'audit.jsonl', '--json')
      const { head } = JSON.parse(exported.stdout)
      const audited = await restored.run('audit', 'verify', 'audit.jsonl', '--head', `${head.sequence}:${head.sha256}`)
      expect(audited.exitCode, audited.stderr).toBe(0)
      // The record goes on from where the copy was made: its beginning is that of the lost one.
      const [lost, found] = [
        await readFile(join(place.directory, 'audit.jsonl'), 'utf8'),
        await readFile(join(restored.directory, 'audit.jsonl'), 'utf8'),
      ]
      expect(found.split('\n')[0]).toBe(lost.split('\n')[0])
    },
  )
})

/** An artifact's name is its SHA-256: as the document checks a copy. */
const CHECK = `cd blobs && find . -type f | while read -r file; do
  name=$(echo "$file" | tr -d './') && echo "$name  $file"
done | sha256sum --check --quiet`

function pgTool(name: string, ...parameters: readonly string[]): void {
  execFileSync(join(POSTGRES_BINARIES, name), parameters, { stdio: ['ignore', 'ignore', 'inherit'] })
}
