/** Work that many ask for at once, and that is done once for all of them. @module */

/** What `work` gives for `key`: of a run of their own for who asks alone, of a shared one for who asks meanwhile. */
export type SharedRuns<T> = (key: string, work: () => Promise<T>) => Promise<T>

/**
 * Nothing is remembered. Who asks while a run of the same key is under way gets the next one, which begins after
 * everybody who shares it has asked: what it found was so when it was asked for, or later, never before.
 *
 * A key must say all that the work depends on, but for what the work looks up itself.
 */
export function createSharedRuns<T>(): SharedRuns<T> {
  const running = new Map<string, Promise<T>>()
  const next = new Map<string, Promise<T>>()

  function begin(key: string, work: () => Promise<T>): Promise<T> {
    const run = work()
    running.set(key, run)
    const end = (): void => {
      if (running.get(key) === run) running.delete(key)
    }
    run.then(end, end)
    return run
  }

  return (key, work) => {
    const current = running.get(key)
    if (current === undefined) return begin(key, work)
    const waiting = next.get(key)
    if (waiting !== undefined) return waiting
    const after = (): Promise<T> => {
      next.delete(key)
      return begin(key, work)
    }
    const following = current.then(after, after)
    next.set(key, following)
    return following
  }
}
