/** A job on a server, followed to its end over every cut of the line. @module */

import { setTimeout } from 'node:timers/promises'

import { ArtifactError, parseJson, parseWith, utf8Encode } from '@aibomgen/core'
import * as z from 'zod'

import { readRemoteJob, type RemoteJob } from './remote-job.ts'
import { readBody, type ServerClient } from './server-client.ts'

/** An epoch that has ended. */
export interface RemoteEpoch {
  readonly epoch: number
  readonly epochs: number
  readonly metrics: Readonly<Record<string, number>>
  readonly secondsLeft: number
}

const RETRY_MILLISECONDS = 1000
/** Cuts in a row after which nobody is there any more. */
const MAX_CUTS = 30
const MAX_EVENT_BYTES = 1024 * 1024

const epochSchema: z.ZodType<RemoteEpoch> = z
  .object({
    epoch: z.number(),
    epochs: z.number(),
    metrics: z.record(z.string(), z.number()),
    seconds_left: z.number(),
  })
  .transform(({ seconds_left: secondsLeft, ...epoch }) => ({ ...epoch, secondsLeft }))

/**
 * The job once it has ended, or once `signal` aborts.
 *
 * @param onEpoch - told of every epoch, in order, each once
 * @throws ArtifactError `SERVER_REFUSED`; `SERVER_UNREACHABLE` after half a minute without the server
 */
export async function followRemoteJob(
  server: ServerClient,
  id: string,
  { onEpoch, signal }: { readonly onEpoch: (epoch: RemoteEpoch) => void; readonly signal: AbortSignal },
): Promise<RemoteJob> {
  let lastEventId = '0'
  for (let cuts = 0; ;) {
    try {
      const headers = { accept: 'text/event-stream', 'last-event-id': lastEventId }
      const response = await server.fetch(`/jobs/${encodeURIComponent(id)}/events`, { headers, signal })
      for await (const event of readEvents(readBody(server.url, response))) {
        cuts = 0
        lastEventId = event.id
        if (event.type === 'epoch') onEpoch(parseEpoch(event.data))
      }
      const job = await readRemoteJob(server, id)
      if (job.ended_at !== undefined) return job
    } catch (error) {
      if (signal.aborted) return readRemoteJob(server, id)
      cuts += 1
      if (!(error instanceof ArtifactError) || error.code !== 'SERVER_UNREACHABLE' || cuts > MAX_CUTS) throw error
    }
    await setTimeout(RETRY_MILLISECONDS)
  }
}

interface ServerSentEvent {
  readonly id: string
  readonly type: string
  readonly data: string
}

/** Server-sent events, as our servers write them: one line of data each. */
async function* readEvents(parts: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of parts) {
    const blocks = (rest + decoder.decode(part, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line): [string, string] => splitOnce(line)))
      const [id, type, data] = [fields.get('id'), fields.get('event'), fields.get('data')]
      if (id !== undefined && type !== undefined && data !== undefined) yield { id, type, data }
    }
  }
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(': ')
  return colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 2)]
}

function parseEpoch(data: string): RemoteEpoch {
  return parseWith(epochSchema, parseJson(utf8Encode(data), { maxBytes: MAX_EVENT_BYTES, document: 'event' }), 'event')
}
