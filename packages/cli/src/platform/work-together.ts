/** Several pieces of work in one process: they stop together. @module */

import type { Work } from './compose-work.ts'

/**
 * Does all of it until `signal` aborts, or one piece fails: then the others are stopped, too. Returns, or throws the
 * first failure, when every piece has ended.
 */
export async function workTogether(works: readonly Work[], signal: AbortSignal): Promise<void> {
  const failing = new AbortController()
  const stopping = AbortSignal.any([signal, failing.signal])
  const ends = await Promise.allSettled(
    works.map(async (work) => {
      try {
        await work(stopping)
      } finally {
        failing.abort()
      }
    }),
  )
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
