/**
 * Goes between a container's standard streams and a training child, `NAME=VALUE... -- ARGUMENT-OF-NODE...`: what
 * comes in on standard input is the child's channel on descriptor 3, what the child sends goes out on standard output,
 * and what it prints on standard error. It stands alone, since nothing else of ours need be where it runs, and is
 * trusted with nothing: who takes it over can do what the child can.
 *
 * When the child is gone, it sends a byte 0x04, and stays until its input ends: so that others can look at the
 * container before it is gone. When the input ends before, whoever wanted the child is gone, and it kills the child.
 *
 * @module
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

const END_OF_CHANNEL = Uint8Array.of(0x04)
/** How long a channel may stay open that the child handed on to somebody. */
const DRAIN_MILLISECONDS = 1000

const words = process.argv.slice(2)
const border = words.indexOf('--')
if (border === -1) throw new TypeError('expected an environment, --, and arguments for Node')

const child = spawn(process.execPath, words.slice(border + 1), {
  env: Object.fromEntries(words.slice(0, border).map(cutInTwo)),
  stdio: ['ignore', 2, 2, 'pipe'],
})
const channel = child.stdio[3] as Duplex
const hasClosed = once(channel, 'close')
const hasLetGo = once(process.stdin, 'end')
const hasEnded = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>

try {
  // Where memory runs out, the child is to go, and not who tells of it.
  writeFileSync(`/proc/${child.pid}/oom_score_adj`, '1000')
} catch {
  // It has ended already, or the container does not allow it: then the kernel takes whoever has most.
}

// A child that is gone resets its channel: how it ended says more than that.
channel.on('error', () => undefined)
process.stdin.on('error', () => undefined)
process.stdin.pipe(channel, { end: false })
channel.pipe(process.stdout, { end: false })
process.stdin.on('end', () => child.kill('SIGKILL'))

const [code, signal] = await hasEnded
await Promise.race([hasClosed, setTimeout(DRAIN_MILLISECONDS, undefined, { ref: false })])
process.stdin.unpipe(channel).resume()
process.stdout.write(END_OF_CHANNEL)
await hasLetGo
process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal])

function cutInTwo(word: string): readonly [name: string, value: string] {
  const end = word.indexOf('=')
  return [word.slice(0, end), word.slice(end + 1)]
}
