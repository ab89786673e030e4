/** Tells a file that is not there from one that cannot be read. @module */

/** ESRCH: a file of a process that is gone, below `/proc`. */
const NOT_THERE = new Set<unknown>(['ENOENT', 'ENOTDIR', 'ESRCH'])

/** What `reading` gives; undefined where there is no such file. Every other failure stays one. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(error.code)) return undefined
    throw error
  }
}
