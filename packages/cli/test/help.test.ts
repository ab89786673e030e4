/** Help: for every command, with an example, and fast enough to be asked for. @module */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, type Place } from './run-cli.ts'

let place: Place
beforeAll(async () => {
  place = await createPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

const groups = ['dataset', 'keys', 'trust', 'bom', 'tokens', 'audit']
const commands = [
  ...['init', 'example', 'train', 'verify', 'verify-file', 'reproduce', 'scan', 'env', 'gc'],
  ...['dataset prove', 'dataset check', 'keys list', 'keys rotate', 'keys export'],
  ...['trust show', 'trust enroll', 'trust revoke', 'trust renew', 'trust update'],
  ...['bom show', 'bom validate', 'bom lint', 'bom verify'],
  ...['serve', 'worker', 'issuer', 'submit', 'status', 'artifacts', 'download', 'cancel'],
  ...['tokens create', 'tokens list', 'tokens revoke', 'audit export', 'audit verify'],
]

/** The commands that a help text lists. */
function listed(help: string): readonly string[] {
  const [, list = ''] = help.split('\nCommands:\n')
  const names = [
    ...list
      .split('\n\n', 1)
      .join()
      .matchAll(/^ {2}(\S+)/gm),
  ].map(([, name = '']) => name)
  return names.filter((name) => name !== 'help')
}

describe('--help', () => {
  it.each(commands)('of %s has an example, and offers --json', async (command) => {
    const { stdout, exitCode } = await place.run(...command.split(' '), '--help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage: aibomgen ${command} `))
    expect(stdout).toContain('--json')
    expect(stdout).toMatch(/^Example:\n {2}\$ \S/m)
  })

  it('lists every command', async () => {
    const { stdout, exitCode } = await place.run('--help')
    expect(exitCode).toBe(0)
    expect(new Set(listed(stdout))).toEqual(new Set(commands.map((command) => command.split(' ')[0])))
  })

  it.each(groups)('of the group %s has an example, and lists its commands', async (group) => {
    const { stdout, exitCode } = await place.run(group, '--help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Example:\n {2}\$ \S/m)
    const own = commands.filter((command) => command.startsWith(`${group} `))
    expect(listed(stdout).map((name) => `${group} ${name}`)).toEqual(own)
  })

  it('is what a command line without a command gets, as a failure', async () => {
    const { stdout, stderr, exitCode } = await place.run()
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('Usage: aibomgen')
  })

  it('of a command is found by `help COMMAND` too', async () => {
    expect((await place.run('help', 'verify')).stdout).toBe((await place.run('verify', '--help')).stdout)
  })
})

describe('--version', () => {
  it('is the version of the package', async () => {
    expect((await place.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('env', () => {
  it('shows what is seen of this machine', async () => {
    const { stdout, exitCode } = await place.run('env', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).node).toEqual({ status: 'observed', value: process.versions.node })
    expect((await place.run('env')).stdout).toMatch(/^node: \d/m)
  })
})

describe('example', () => {
  it('copies what a training needs, and says how to go on', async () => {
    const { stdout } = await place.run('example', 'wine', 'new/wine')
    expect(stdout).toContain('aibomgen train --model new/wine/model.keras')
    const again = await place.run('example', 'wine', 'new/wine', '--json')
    expect(JSON.parse(again.stdout).error.code).toBe('OUTPUT_EXISTS')
  })
})
