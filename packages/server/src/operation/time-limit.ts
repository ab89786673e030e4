/** Waits for an answer, and not for ever. @module */

/** No answer came in time. */
export class NoAnswer extends Error {
  constructor(seconds: number) {
    super(`no answer within ${seconds} s`)
  }
}

/** What `asked` resolves to, unless it takes longer than `seconds`: then it rejects with `NoAnswer`. */
export async function withinSeconds<T>(seconds: number, asked: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new NoAnswer(seconds)), seconds * 1000)
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}
