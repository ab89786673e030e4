/** Runs a hostile program in the training child's place, and says what it got. @module */

import { OUTPUT_NAMES, parseTimestamp } from '@aibomgen/core'
import { removeTree } from '@aibomgen/core/node'
import { DEFAULT_LIMITS, runTraining, type Isolation, type Limits } from '@aibomgen/trainer'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What hostile scripts find: modules, ways to end well, and `attempt`, which notes what each try gives. */
const PRELUDE = `
import child_process from 'node:child_process'
import dgram from 'node:dgram'
import fs from 'node:fs'
import net from 'node:net'
const found = {}
const attempt = async (name, go) => {
  try { found[name] = String(await go() ?? 'done') } catch (error) { found[name] = error.code ?? error.name }
}
const once = (emitter, event) => new Promise((resolve, reject) => emitter.on(event, resolve).on('error', reject))
const say = (message) => new Promise((resolve) => process.send(message, resolve))
const writeOutputs = () => { for (const name of ${JSON.stringify(OUTPUT_NAMES)}) fs.writeFileSync(name, name) }
const endWell = async () => {
  await say({ type: 'started', backend: { name: 'wasm', versions: {}, devices: [], reason: 'asked for' } })
  await say({ type: 'finished' })
}
const tell = () => console.log(JSON.stringify(found))
`

/** How a hostile run ended. */
export interface HostileEnd {
  /** The error code that the job failed with; undefined for a run that passed for a good one. */
  readonly code: string | undefined
  readonly detail: Readonly<Record<string, unknown>>
  /** What each attempt gave: a result, or an error's code. */
  readonly found: Readonly<Record<string, string>>
}

/** Trains with `script` as the program. */
export async function runHostile(
  isolation: Isolation,
  script: string,
  limits: Partial<Limits> = {},
): Promise<HostileEnd> {
  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-attack-'))
  const entry = join(directory, 'hostile.mjs')
  await mkdir(join(directory, 'inputs'))
  await writeFile(join(directory, 'inputs/model'), 'the model', { mode: 0o444 })
  await writeFile(entry, PRELUDE + script)
  const at = parseTimestamp('2026-11-22T19:42:00Z')
  let logged = ''
  let end: Pick<HostileEnd, 'code' | 'detail'> = { code: undefined, detail: {} }
  try {
    await runTraining(
      { directory, jobId: 'hostile', requestedAt: at },
      { isolation, probes: [], clock: { now: () => at }, program: { entry, execArgv: [] } },
      {
        limits: { ...DEFAULT_LIMITS, wallClockSeconds: 60, ...limits },
        keySeparation: 'single-host',
        signal: new AbortController().signal,
        onEvent: () => undefined,
        onLog: (bytes) => (logged += Buffer.from(bytes).toString()),
      },
    )
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'detail' in error)) throw error
    end = { code: String(error.code), detail: error.detail as Record<string, unknown> }
  } finally {
    await removeTree(directory)
  }
  const line = logged.split('\n').find((one) => one.startsWith('{'))
  return { ...end, found: line === undefined ? {} : (JSON.parse(line) as Record<string, string>) }
}
