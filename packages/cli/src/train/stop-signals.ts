/** SIGINT and SIGTERM as an `AbortSignal`: the first asks for an orderly end, the second is the system's. @module */

import { constants } from 'node:os'

/** Listens until it is disposed of. */
export interface StopSignals extends Disposable {
  readonly signal: AbortSignal
  /** What a shell expects of a process that a signal ended: 128 and its number. Undefined as long as none came. */
  readonly exitCode: number | undefined
}

/** Listens for the two signals that ask a process to stop. */
export function listenForStop(): StopSignals {
  const controller = new AbortController()
  let exitCode: number | undefined
  const stop = (name: NodeJS.Signals): void => {
    exitCode = 128 + constants.signals[name]
    unlisten()
    controller.abort()
  }
  const unlisten = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    [Symbol.dispose]: unlisten,
  }
}
