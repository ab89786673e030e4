/** How much of the host a training child may use. @module */

/** Limits that hold for every training child, whatever confines it. */
export interface Limits {
  readonly wallClockSeconds: number
  /** Of the child process: its resident set, and its JavaScript heap. */
  readonly memoryBytes: number
  /** Of all files in the output directory together. */
  readonly outputBytes: number
  readonly openFiles: number
}

const GIB = 1024 ** 3

/** A day, 8 GiB of memory, 4 GiB of outputs, 4096 open files. */
export const DEFAULT_LIMITS: Limits = {
  wallClockSeconds: 24 * 60 * 60,
  memoryBytes: 8 * GIB,
  outputBytes: 4 * GIB,
  openFiles: 4096,
}
