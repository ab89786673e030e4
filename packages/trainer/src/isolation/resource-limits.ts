/** Resource limits of a process, as arguments of util-linux's `prlimit`. @module */

import type { Limits } from './limits.ts'

const GIB = 1024 ** 3

/**
 * No limit on address space, which WebAssembly reserves by the gigabyte. A file may grow one byte past the limit, so
 * that whoever ran into it is seen to be past it.
 */
export function resourceLimits(limits: Limits): readonly string[] {
  return [
    '--core=0',
    `--nofile=${limits.openFiles}`,
    `--fsize=${Math.max(limits.outputBytes, limits.scratchBytes) + 1}`,
    `--data=${limits.memoryBytes + GIB}`,
  ]
}

/**
 * A limit on processes and threads, a few past the limit, so that whoever ran into it is seen to be past it. The kernel
 * counts all of the user's in the same user namespace, and does not hold root to it.
 */
export function processLimit(limits: Limits): readonly string[] {
  return [`--nproc=${limits.processes + 16}`]
}
