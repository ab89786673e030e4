/** The program of a training child, `inputs/job.json outputs`: holds no key, exits with 0 or 1. @module */

import { performance } from 'node:perf_hooks'

import { SdkError, type JsonObject } from '@aibomgen/core'

import { parseParentMessage, type ChildMessage } from './protocol.ts'
import { runJob } from './run-job.ts'

const MAX_MESSAGE_CHARACTERS = 65_536

// A parent listens over Node's IPC channel; without one, the log on standard output says it all.
const cancellation = new AbortController()
const cancel = (): void => cancellation.abort()

process.once('SIGTERM', cancel)
// A parent that is gone wants nothing any more.
process.once('disconnect', cancel)
process.on('message', (value: unknown) => {
  parseParentMessage(value)
  cancel()
})

let delivery = Promise.resolve()
process.exitCode = await main()
await delivery
if (process.connected) process.disconnect()

async function main(): Promise<0 | 1> {
  const [job, outputs, ...others] = process.argv.slice(2)
  if (job === undefined || outputs === undefined || others.length > 0) {
    print('expected two arguments: the path of job.json and a directory for outputs')
    return 1
  }
  try {
    await runJob({ job, outputs }, { emit, log: print, now: () => performance.now(), signal: cancellation.signal })
    return 0
  } catch (error) {
    const failure = describeFailure(error)
    print(`failed: ${failure.code}: ${failure.message}`)
    // Of a mistake of ours, the log keeps where it was made.
    if (failure.code === 'INTERNAL' && error instanceof Error) print(error.stack ?? '')
    emit(failure)
    return 1
  }
}

function emit(message: ChildMessage): void {
  if (!process.connected) return
  // Messages arrive in order: once the last one has gone, all have. One that cannot go has no one to hear it.
  delivery = new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function describeFailure(error: unknown): ChildMessage & { readonly type: 'failed' } {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE_CHARACTERS)
  if (!(error instanceof SdkError)) return { type: 'failed', code: 'INTERNAL', message, detail: {} }
  const { code, detail } = error as SdkError<string, JsonObject>
  return { type: 'failed', code, message, detail }
}
