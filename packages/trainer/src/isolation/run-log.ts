/** What a training child printed, up to a bound. @module */

import { concatBytes, utf8Encode } from '@aibomgen/core'

/** How much of a run's output is kept. */
export const MAX_LOG_BYTES: number = 16 * 1024 * 1024

const LAST_BYTES = 4096

/** Collects both streams of a child in the order in which they came. */
export class RunLog {
  readonly #onLog: (bytes: Uint8Array) => void
  #room = new Uint8Array(0)
  #keptBytes = 0
  #last: Uint8Array = new Uint8Array(0)

  /** `onLog` is given what is kept, as it comes. */
  constructor(onLog: (bytes: Uint8Array) => void) {
    this.#onLog = onLog
  }

  /** Takes what was printed. Past 16 MiB only a line that says so is kept. */
  add(bytes: Uint8Array): void {
    this.#last = concatBytes(this.#last, bytes.subarray(-LAST_BYTES)).slice(-LAST_BYTES)
    if (this.#keptBytes > MAX_LOG_BYTES) return
    const room = MAX_LOG_BYTES - this.#keptBytes
    this.#keep(bytes.subarray(0, room))
    if (bytes.length > room) this.#keep(utf8Encode(`\n[cut: only the first ${MAX_LOG_BYTES} bytes are kept]\n`))
  }

  /** All that was kept. */
  bytes(): Uint8Array {
    return this.#room.slice(0, this.#keptBytes)
  }

  /** The last lines that were printed, at most `count`, on one line, control characters taken out; '' for none. */
  lastLines(count: number): string {
    const text = new TextDecoder().decode(this.#last)
    const lines = text.split(/[\r\n]+/).map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trim())
    return lines
      .filter((line) => line !== '')
      .slice(-count)
      .join(' | ')
  }

  /** Into a buffer that doubles: a child may print a byte at a time. */
  #keep(bytes: Uint8Array): void {
    const size = this.#keptBytes + bytes.length
    if (size > this.#room.length) {
      const grown = new Uint8Array(Math.max(size, this.#room.length * 2))
      grown.set(this.#room)
      this.#room = grown
    }
    this.#room.set(bytes, this.#keptBytes)
    this.#keptBytes = size
    this.#onLog(bytes)
  }
}
