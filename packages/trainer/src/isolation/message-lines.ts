/** Messages from a child, one JSON document a line, bounded in size and number. @module */

import { parseJson, TrainingError, type JsonValue } from '@aibomgen/core'

const MAX_MESSAGE_BYTES = 1024 * 1024
const MAX_MESSAGES_PER_SECOND = 10_000
const LINE_FEED = 0x0a

/**
 * Cuts a child's bytes into messages. Node's own IPC reader has no limit to a line's length, and this runs in a process
 * that holds keys.
 */
export class MessageLines {
  readonly #onMessage: (message: JsonValue) => void
  readonly #now: () => number
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #second = 0
  #messagesThisSecond = 0

  /** `now` counts milliseconds from anywhere, and never goes back. */
  constructor(onMessage: (message: JsonValue) => void, now: () => number) {
    this.#onMessage = onMessage
    this.#now = now
  }

  /**
   * Takes the next bytes.
   *
   * @throws TrainingError `CHILD_PROTOCOL` for a line past 1 MiB, more than 10 000 lines a second, or what is no JSON
   */
  add(chunk: Uint8Array): void {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, end))
      this.#finishLine()
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
  }

  #keep(bytes: Uint8Array): void {
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes > MAX_MESSAGE_BYTES) throw protocolError(`a message of more than ${MAX_MESSAGE_BYTES} bytes`)
    this.#pending.push(bytes)
  }

  #finishLine(): void {
    const line = Buffer.concat(this.#pending)
    this.#pending = []
    this.#pendingBytes = 0
    this.#count()
    this.#onMessage(parseMessage(line))
  }

  #count(): void {
    const second = Math.floor(this.#now() / 1000)
    if (second !== this.#second) this.#messagesThisSecond = 0
    this.#second = second
    this.#messagesThisSecond += 1
    if (this.#messagesThisSecond > MAX_MESSAGES_PER_SECOND) {
      throw protocolError(`more than ${MAX_MESSAGES_PER_SECOND} messages a second`)
    }
  }
}

function parseMessage(line: Uint8Array): JsonValue {
  try {
    return parseJson(line, { maxBytes: MAX_MESSAGE_BYTES, document: 'message of the training child' })
  } catch (cause) {
    throw protocolError('a line that is no JSON message', cause)
  }
}

function protocolError(reason: string, cause?: unknown): TrainingError {
  return new TrainingError('CHILD_PROTOCOL', `the training child sent ${reason}`, { reason }, { cause })
}
