/** A network that fails when it is told to, between an S3 client and a real server. @module */

import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What happens to a request: `busy`: answered with 503, the server never sees it; `lost`: the connection breaks before
 * the server sees it; `unanswered`: it breaks once the server has answered; `cut`: it breaks within the answer's body;
 * `silent`: it is taken, and nobody ever answers.
 */
export type Fault = 'busy' | 'lost' | 'unanswered' | 'cut' | 'silent'

/** A proxy to one server. */
export interface FaultyProxy extends AsyncDisposable {
  readonly endpoint: string
  /** How many requests came so far. */
  readonly requests: number
  /** Decides about each request from now on, by its number from 1; undefined lets it pass. */
  setFaults(faultOf: (requestNumber: number) => Fault | undefined): void
}

/** @param answerOf - sees every request, and may give an answer that the server behind would not give */
export async function startFaultyProxy(
  target: string,
  answerOf: (request: IncomingMessage) => string | undefined = () => undefined,
): Promise<FaultyProxy> {
  let requests = 0
  let faultOf: (requestNumber: number) => Fault | undefined = () => undefined
  const server = createServer((request, response) => {
    const fault = faultOf(++requests)
    if (fault === 'lost') return void request.socket.destroy()
    if (fault === 'silent') return void request.resume()
    if (fault === 'busy') return refuse(request, response)
    const answer = answerOf(request)
    if (answer !== undefined) return void response.end(answer)
    forward(target, request, response, fault)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests
    },
    setFaults: (faults) => {
      requests = 0
      faultOf = faults
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  request.on('end', () => response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'))
}

function forward(target: string, request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
  const { method, headers, url = '/' } = request
  // The Host header goes on as it came: it is part of what the client signed.
  const forwarded = send(new URL(url, target), { method, headers }, (answer) => {
    if (fault === 'unanswered') return void request.socket.destroy()
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    if (fault !== 'cut') return void answer.pipe(response)
    answer.once('data', (part: Buffer) => {
      response.write(part.subarray(0, part.length / 2), () => request.socket.destroy())
    })
  })
  forwarded.on('error', () => request.socket.destroy())
  request.pipe(forwarded)
}
