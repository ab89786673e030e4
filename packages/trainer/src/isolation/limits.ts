/** How much of the host a training child may use. @module */

/** Limits that hold for every training child, whatever confines it. */
export interface Limits {
  readonly wallClockSeconds: number
  /** Of the child and all that it starts: their resident sets, and the JavaScript heap. */
  readonly memoryBytes: number
  /** Of all files in the output directory together. */
  readonly outputBytes: number
  /** Of all files in the scratch directory together, which are gone with the run. */
  readonly scratchBytes: number
  /** Processes and threads of the child and all that it starts, together. */
  readonly processes: number
  readonly openFiles: number
}

const GIB = 1024 ** 3

/** A day, 8 GiB of memory, 4 GiB of outputs, 64 GiB of scratch, 1024 processes and threads, 4096 open files. */
export const DEFAULT_LIMITS: Limits = {
  wallClockSeconds: 24 * 60 * 60,
  memoryBytes: 8 * GIB,
  outputBytes: 4 * GIB,
  scratchBytes: 64 * GIB,
  processes: 1024,
  openFiles: 4096,
}
