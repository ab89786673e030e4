/** Events of a job as server-sent events, until the job has ended. @module */

import { utf8Encode } from '@aibomgen/core'

import type { JobEvent } from '../jobs/job.ts'

const ENCODED_HEARTBEAT = utf8Encode(': alive\n\n')
/** How long a client waits before it asks again, where it was cut off. */
const ENCODED_RETRY = utf8Encode('retry: 2000\n\n')

/**
 * The events in the form of the HTML standard: `id` is the sequence number, `event` the type, `data` JSON. A comment
 * every `heartbeatSeconds` keeps what lies between from taking an idle stream for a dead one.
 *
 * @param watch - the events, until its signal aborts: that is when nobody listens any more
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function streamEvents(
  watch: (signal: AbortSignal) => AsyncIterable<JobEvent>,
  { heartbeatSeconds }: { readonly heartbeatSeconds: number },
): ReadableStream<Uint8Array> {
  const unheard = new AbortController()
  const events = watch(unheard.signal)[Symbol.asyncIterator]()
  let heartbeat: NodeJS.Timeout | undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(ENCODED_RETRY)
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(ENCODED_HEARTBEAT)
      }, heartbeatSeconds * 1000)
    },
    async pull(controller) {
      try {
        const next = await events.next()
        if (next.done !== true) {
          controller.enqueue(encodeEvent(next.value))
          return
        }
        clearInterval(heartbeat)
        if (!unheard.signal.aborted) controller.close()
      } catch (error) {
        clearInterval(heartbeat)
        throw error
      }
    },
    async cancel() {
      clearInterval(heartbeat)
      unheard.abort()
      await events.return?.()
    },
  })
}

/** JSON has no line feeds of its own: one line of data is all there is. */
function encodeEvent({ sequence, type, jobId, attempt, at, data }: JobEvent): Uint8Array {
  const { secondsLeft, ...said } = data
  const facts = { job_id: jobId, attempt, at, ...said, ...(secondsLeft !== undefined && { seconds_left: secondsLeft }) }
  return utf8Encode(`id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(facts)}\n\n`)
}
