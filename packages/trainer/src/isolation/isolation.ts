/** The port for confining a training child. @module */

import type { JsonValue } from '@aibomgen/core'

import type { IsolationName, IsolationReport } from './isolation-report.ts'
import type { Limits } from './limits.ts'

/** What a child needs of the machine beyond its files. */
export interface IsolationNeeds {
  /** Device files of graphics cards: for a backend that computes on one, and for no other. */
  readonly gpu?: boolean
}

/** A program to start, and who listens to it. */
export interface TrainingChild extends IsolationNeeds {
  /** Absolute path of the JavaScript or TypeScript file that Node runs. */
  readonly entry: string
  /** Options for Node itself. */
  readonly execArgv: readonly string[]
  readonly argv: readonly string[]
  /**
   * The workspace: the child's working directory. Holds `inputs/`; `outputs/` for the child to write; and, where it is
   * there, `scratch/` for what it need not keep.
   */
  readonly directory: string
  /** Takes what the child sends. It is a stranger's JSON. What this throws ends the child, and `ended` rejects with it. */
  readonly onMessage: (message: JsonValue) => void
  /** Takes what the child prints, on either stream, as it comes. There is no limit to it. */
  readonly onLog: (bytes: Uint8Array) => void
}

/** How a process ended: one of the two is null. */
export interface ChildEnd {
  readonly exitCode: number | null
  readonly signal: string | null
}

/** A running child. */
export interface ChildHandle {
  /** Sends the child a message. Nothing happens when it is gone. */
  send(message: JsonValue): void
  /**
   * Settles once, after the child and its process group are gone and the last message and log have been handed over.
   * Rejects with TrainingError `LIMIT_REACHED`, with `CHILD_PROTOCOL` for what is no message, or with what `onMessage`
   * threw.
   */
  readonly ended: Promise<ChildEnd>
}

/**
 * Starts training children and confines them.
 *
 * - `probe` starts no child and says what `spawn` will enforce on this machine, never more.
 * - `spawn` gives the child two output streams, one channel for JSON messages (Node's `process.send`), and an
 *   environment without anything of ours. What else of the host it can reach, `probe` says.
 * - `limits` hold from the start to the end; past one, the child is killed.
 * - When `signal` aborts, the child and its process group are killed at once. No handle outlives its child.
 *
 * @throws TrainingError `ISOLATION_UNAVAILABLE` where a child cannot be started so confined
 */
export interface Isolation {
  readonly name: IsolationName
  probe(needs?: IsolationNeeds): Promise<IsolationReport>
  spawn(child: TrainingChild, limits: Limits, signal: AbortSignal): Promise<ChildHandle>
}
