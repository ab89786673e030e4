/** What a training child may say, and in which order: started, then progress, then one last word. @module */

import { TrainingError, type JsonValue } from '@aibomgen/core'

import { rebuildFailure } from './child-failure.ts'
import { parseChildMessage, type ChildMessage } from './child/protocol.ts'
import type { BackendIdentity } from './environment/environment-report.ts'

/** What a run tells while it goes on. */
export type TrainingEvent = Exclude<ChildMessage, { type: 'failed' | 'finished' }>

/** Listens to one training child, believing nothing. */
export class TrainingConversation {
  readonly #onEvent: (event: TrainingEvent) => void
  #backend: BackendIdentity | undefined
  #lastWord: 'finished' | Error | undefined

  constructor(onEvent: (event: TrainingEvent) => void) {
    this.#onEvent = onEvent
  }

  /** The engine that the child says it trains with, once it has started. */
  get backend(): BackendIdentity | undefined {
    return this.#backend
  }

  /** How the child says that it ended: `finished`, or the error that it met. */
  get lastWord(): 'finished' | Error | undefined {
    return this.#lastWord
  }

  /**
   * Takes the child's next message.
   *
   * @throws TrainingError `CHILD_PROTOCOL` for what is no message, or comes out of turn
   */
  take(value: JsonValue): void {
    const message = parseMessage(value)
    if (this.#lastWord !== undefined) throw outOfTurn(message, 'its last word')
    switch (message.type) {
      case 'failed':
        this.#lastWord = rebuildFailure(message)
        return
      case 'finished':
        if (this.#backend === undefined) throw outOfTurn(message, 'nothing')
        this.#lastWord = 'finished'
        return
      case 'started':
        if (this.#backend !== undefined) throw outOfTurn(message, 'its start')
        this.#backend = message.backend
        break
      default:
        if (this.#backend === undefined) throw outOfTurn(message, 'nothing')
    }
    this.#onEvent(message)
  }
}

function parseMessage(value: JsonValue): ChildMessage {
  try {
    return parseChildMessage(value)
  } catch (cause) {
    const reason = 'the training child sent a message that is none of its protocol'
    throw new TrainingError('CHILD_PROTOCOL', reason, { reason }, { cause })
  }
}

function outOfTurn(message: ChildMessage, after: string): TrainingError {
  const reason = `the training child said "${message.type}" after ${after}`
  return new TrainingError('CHILD_PROTOCOL', reason, { reason })
}
