/** Settings that are wrong: all of them named at once, before anything starts, and no secret told. @module */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { Config } from '../../src/config.ts'
import { PLATFORM_VARIABLES } from '../../src/platform/settings-variables.ts'
import { readPlatformSettings } from '../../src/platform/settings.ts'
import { createPlace } from '../run-cli.ts'

/** Variables that are read from the environment alone. */
const ENVIRONMENT_ONLY = [
  ...['AIBOMGEN_HOME', 'AIBOMGEN_PASSPHRASE', 'AIBOMGEN_CONFIG', 'AIBOMGEN_SERVER', 'AIBOMGEN_TOKEN', 'NO_COLOR'],
]

/** [what is wrong, command line, environment, variables that are named] */
const wrong = [
  [
    'everything at once',
    ['serve'],
    {
      AIBOMGEN_PORT: '99999',
      DATABASE_URL: 'mysql://user:hunter2@host',
      AIBOMGEN_STORE: 'ftp://store',
      AUTH_ENABLED: 'perhaps',
      OIDC_ISSUER: 'http://issuer.example',
      CORS_ORIGINS: 'https://example.org/path',
      AIBOMGEN_MAX_MODEL: 'much',
      AIBOMGEN_JOB_QUOTA: '0',
      AIBOMGEN_CONTAINER_CPUS: '0.0',
      AWS_ACCESS_KEY_ID: 'key',
    },
    [
      ...[
        'AIBOMGEN_CONTAINER_CPUS',
        'AIBOMGEN_JOB_QUOTA',
        'AIBOMGEN_MAX_MODEL',
        'AIBOMGEN_PORT',
        'AIBOMGEN_STORE',
        'AUTH_ENABLED',
      ],
      ...['AWS_SECRET_ACCESS_KEY', 'CORS_ORIGINS', 'DATABASE_URL', 'OIDC_AUDIENCE', 'OIDC_ISSUER'],
    ],
  ],
  ['a tenant that is a domain', ['serve'], { ENTRA_TENANTS: 'example.org', OIDC_AUDIENCE: 'api' }, ['ENTRA_TENANTS.0']],
  ['sign-in without a provider', ['serve'], { AUTH_ENABLED: 'true' }, ['OIDC_ISSUER']],
  ['others let in by omission', ['serve', '--host', '0.0.0.0'], {}, ['AUTH_ENABLED']],
  ['a worker by itself', ['worker'], {}, ['AIBOMGEN_STORE', 'DATABASE_URL']],
  ['an issuer by itself', ['issuer'], {}, ['AIBOMGEN_STORE', 'DATABASE_URL']],
] as const

describe('settings', () => {
  it.each(wrong)('name %s', async (_reason, argv, environment, names) => {
    await using place = await createPlace({ ...environment })
    const { exitCode, stdout, stderr } = await place.run(...argv, '--json')
    expect(exitCode).toBe(78)
    const { code, detail } = JSON.parse(stdout).error
    expect(code).toBe('CONFIG_INVALID')
    expect(detail.problems.map(({ path }: { path: string }) => path).sort()).toEqual(names)
    expect(stdout + stderr).not.toContain('hunter2')
    expect(await readdir(place.directory)).toEqual([])
  })

  it('come from a file, too, which the environment goes before', async () => {
    await using place = await createPlace({ AIBOMGEN_LOG_LEVEL: 'silent' })
    const lines = ['AIBOMGEN_PORT=none', 'AIBOMGEN_LOG_LEVEL=loud', 'AIBOMGEN_PROT=8000']
    await writeFile(join(place.directory, 'settings'), lines.join('\n'))
    const { stdout } = await place.run('serve', '--config', 'settings', '--json')
    expect(JSON.parse(stdout).error.detail.problems).toEqual([
      { path: 'AIBOMGEN_PROT', expected: 'no such setting', got: 'a line of the file' },
      { path: 'AIBOMGEN_PORT', expected: 'a port from 0 to 65535', got: '"none"' },
    ])
  })

  it.each([
    [
      'settings.yaml',
      'AIBOMGEN_PORT: 99999\nCORS_ORIGINS: [https://a.example, b]\nAIBOMGEN_JOB_QUOTA: 3\n',
      ['AIBOMGEN_PORT', 'CORS_ORIGINS'],
    ],
    ['settings.json', '{"AIBOMGEN_PORT": 99999, "AIBOMGEN_DATA": {"x": 1}}', ['AIBOMGEN_DATA', 'AIBOMGEN_PORT']],
    ['nested.yml', 'server:\n  port: 1\n', ['server', 'server']],
    ['list.json', '[1]', ['list.json']],
    ['broken.yaml', 'AIBOMGEN_PORT: "unended hunter2', ['broken.yaml']],
    ['twice.json', '{"AIBOMGEN_PORT": 1, "AIBOMGEN_PORT": 2}', ['twice.json']],
  ])('come from %s, too, with every problem named', async (name, content, paths) => {
    await using place = await createPlace({ AIBOMGEN_CONFIG: name })
    await writeFile(join(place.directory, name), content)
    const { exitCode, stdout, stderr } = await place.run('serve', '--json')
    expect(exitCode, stderr).toBe(78)
    const { problems } = JSON.parse(stdout).error.detail
    expect(problems.map(({ path }: { path: string }) => path).sort()).toEqual(paths)
    expect(stdout + stderr).not.toContain('hunter2')
  })

  it('are all in the table of docs/operation.md, and nothing else is', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../../docs/operation.md'), 'utf8')
    const table = page.slice(page.indexOf('## Settings'), page.indexOf('## Keys'))
    const names = [...table.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = '']) => cell.match(/[A-Z0-9_]+/g) ?? [])
    expect(names.toSorted()).toEqual([...PLATFORM_VARIABLES, ...ENVIRONMENT_ONLY].toSorted())
  })

  it('take credentials of a bucket that run out', async () => {
    const environment = {
      AIBOMGEN_STORE: 's3://bucket',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_SESSION_TOKEN: 'token',
    }
    const config: Config = {
      ...{ home: '/nowhere', passphrase: undefined, color: false, server: undefined, token: undefined },
      ...{ isolation: undefined, container: { image: undefined, engine: undefined, cpus: undefined }, environment },
    }
    const { store } = await readPlatformSettings(config, {})
    const credentials = { accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token' }
    expect(store).toMatchObject({ bucket: 'bucket', credentials })
  })

  it('of a client keep its token from the open network', async () => {
    await using place = await createPlace({ AIBOMGEN_TOKEN: 'secret' })
    const { exitCode, stderr } = await place.run('status', 'job', '--server', 'http://server.example')
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^error USAGE: --server: expected an https URL/)
  })
})
