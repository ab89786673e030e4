/** `aibomgen tokens`, with a server that asks who everybody is. */

import { join } from 'node:path'

import { sql } from 'drizzle-orm'
import { openDatabase } from '@aibomgen/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { systemClock } from '../../src/compose.ts'
import { createPlace, type Ended, type Place } from '../run-cli.ts'
import { startSignedInServer, type SignedInServer } from './signed-in.ts'

let server: SignedInServer
let alice: Place
let olga: Place
beforeAll(async () => {
  server = await startSignedInServer()
  alice = await server.placeWith(await server.accessToken('alice'))
  olga = await server.placeWith(await server.accessToken('olga', { roles: ['user', 'operator'] }))
})
afterAll(() => server[Symbol.asyncDispose]())

type Json = ReturnType<typeof JSON.parse>

async function ok(place: Place, ...argv: readonly string[]): Promise<Json> {
  const { exitCode, stdout, stderr } = await place.run('tokens', ...argv, '--json')
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout)
}

async function refused(place: Place, ...argv: readonly string[]): Promise<Json> {
  const { exitCode, stdout, stderr } = await place.run('tokens', ...argv, '--json')
  expect(exitCode, stderr).toBe(2)
  expect(stderr).toMatch(/^error [A-Z_]+: \S/m)
  return JSON.parse(stdout).error
}

const serverRefused = (status: number, code: string) => ({ code: 'SERVER_REFUSED', detail: { status, code } })
const daysOf = ({ created_at, expires_at }: Json): number =>
  (Date.parse(expires_at) - Date.parse(created_at)) / (24 * 3600 * 1000)

describe('aibomgen tokens', () => {
  it('makes a token that lets its holder in, shows it once, and lists it without its secret', async () => {
    const made: Ended = await alice.run('tokens', 'create', '--label', 'nightly', '--days', '30')
    expect(made).toMatchObject({ exitCode: 0, stderr: 'this is the only time that the token is shown\n' })
    const token = made.stdout.trim()
    expect(token).toMatch(/^aibomgen_[\w-]{20,}$/)
    const machine = await server.placeWith(token)
    const [listed, ...others] = await ok(machine, 'list')
    expect(others).toEqual([])
    expect(listed).toMatchObject({ label: 'nightly', roles: ['user'], owner: `${server.provider.issuer}#alice` })
    expect(daysOf(listed)).toBe(30)
    const shown = await alice.run('tokens', 'list')
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${listed.id}  nightly  `) })
    expect(shown.stdout).toMatch(/until \S+, used \S+\n$/)
    expect(shown.stdout).not.toContain(token)
    // A token makes no token, whoever has it.
    expect(await refused(machine, 'create', '--label', 'another')).toMatchObject(serverRefused(403, 'ACCESS_DENIED'))
  })

  it('revokes a token, which lets nobody in from then on', async () => {
    const { token, api_token: made } = await ok(alice, 'create', '--label', 'leaked')
    expect(daysOf(made)).toBe(90)
    const machine = await server.placeWith(token)
    await ok(machine, 'list')
    expect(await ok(alice, 'revoke', made.id)).toMatchObject({ id: made.id, revoked_at: expect.any(String) })
    expect(await refused(machine, 'list')).toMatchObject(serverRefused(401, 'TOKEN_REFUSED'))
    expect((await alice.run('tokens', 'list')).stdout).toMatch(new RegExp(`${made.id}  leaked .* revoked `))
  })

  it('lets operators make, see and revoke tokens of others, and nobody else', async () => {
    const owner = `${server.provider.issuer}#bob`
    const grant = ['create', '--label', 'for bob', '--owner', owner, '--role', 'user', 'operator'] as const
    expect(await refused(alice, ...grant)).toMatchObject(serverRefused(403, 'ACCESS_DENIED'))
    expect(await refused(alice, 'create', '--label', 'more', '--role', 'operator')).toMatchObject(
      serverRefused(403, 'ACCESS_DENIED'),
    )
    const { api_token: made } = await ok(olga, ...grant)
    expect(made).toMatchObject({ owner, roles: ['user', 'operator'] })
    expect(await refused(alice, 'revoke', made.id)).toMatchObject(serverRefused(404, 'TOKEN_NOT_FOUND'))
    const labels = async (place: Place): Promise<string[]> =>
      (await ok(place, 'list', '--all')).map(({ label }: Json) => label)
    expect(await labels(alice)).not.toContain('for bob')
    expect(await labels(olga)).toEqual(expect.arrayContaining(['for bob', 'nightly']))
    expect(await ok(olga, 'revoke', made.id)).toMatchObject({ id: made.id, revoked_at: expect.any(String) })
  })

  it.each([
    ['a token that is not there', ['revoke', '0123456789abcdef'], 404, 'TOKEN_NOT_FOUND'],
    ['an id that is a path', ['revoke', '../jobs'], 404, 'TOKEN_NOT_FOUND'],
    ['a role that is none', ['create', '--label', 'x', '--role', 'king'], 400, 'DOCUMENT_INVALID'],
    ['a label without an end', ['create', '--label', 'x'.repeat(101)], 400, 'DOCUMENT_INVALID'],
    ['a label of nothing', ['create', '--label', ''], 400, 'DOCUMENT_INVALID'],
    ['more than a year', ['create', '--label', 'x', '--days', '367'], 400, 'DOCUMENT_INVALID'],
  ] as const)('says that the server refuses %s', async (_what, argv, status, code) => {
    expect(await refused(alice, ...argv)).toMatchObject(serverRefused(status, code))
  })

  it.each([
    ['no label', ['create']],
    ['days that are none', ['create', '--label', 'x', '--days', 'many']],
    ['no days at all', ['create', '--label', 'x', '--days', '0']],
    ['no id', ['revoke']],
    ['two ids', ['revoke', 'a', 'b']],
    ['a flag that there is not', ['list', '--everything']],
    ['a subcommand that there is not', ['steal']],
    ['a server that is no URL', ['list', '--server', 'platform.example']],
    ['a server to which the token would go unencrypted', ['list', '--server', 'http://platform.example']],
  ] as const)('refuses %s before it asks', async (_what, argv) => {
    expect(await refused(alice, ...argv)).toMatchObject({ code: 'USAGE' })
  })

  it('needs a server, and one that is there', async () => {
    await using bare = await createPlace({ AIBOMGEN_SERVER: '' })
    expect(await refused(bare, 'list')).toMatchObject({ code: 'USAGE', detail: { argument: '--server' } })
    expect(await refused(bare, 'list', '--server', 'http://127.0.0.1:1')).toMatchObject({ code: 'SERVER_UNREACHABLE' })
  })

  it('asks for who is signed in, now', async () => {
    const past = Math.floor(Date.now() / 1000) - 3600
    const none = serverRefused(401, 'TOKEN_REFUSED')
    for (const token of [undefined, 'aibomgen_unknown', await server.accessToken('alice', { exp: past })]) {
      const place = await server.placeWith(token)
      expect(await refused(place, 'list'), token ?? 'none').toMatchObject(none)
    }
    const nobody = await server.placeWith(undefined)
    expect(await refused(nobody, 'create', '--label', 'x')).toMatchObject(none)
    expect(await refused(nobody, 'revoke', 'x')).toMatchObject(none)
  })

  it('lets no token in that has run out', async () => {
    const { token, api_token: made } = await ok(alice, 'create', '--label', 'short', '--days', '1')
    await server.stop()
    const directory = join(server.place.home, 'server', 'database')
    const database = await openDatabase({ directory }, { clock: systemClock, onError: () => undefined })
    await database.db.execute(sql`UPDATE api_tokens SET expires_at = now() - interval '1 second' WHERE id = ${made.id}`)
    await database.close()
    await server.restart()
    const machine = await server.placeWith(token)
    expect(await refused(machine, 'list')).toMatchObject(serverRefused(401, 'TOKEN_REFUSED'))
  })
})
