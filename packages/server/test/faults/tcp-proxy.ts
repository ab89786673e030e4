/** A network between processes and a server that can be cut, or stall. @module */

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to one server. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** How many connections were refused since the last cut. */
  readonly refused: number
  /** Ends every connection, and refuses new ones. */
  cut(): void
  /** Keeps every connection, and lets nothing through: as a machine whose server is frozen. */
  stall(): void
  /** Lets connections through again, and what was held up. */
  heal(): void
}

/** A proxy to a port of this machine, at an address of this machine. */
export async function startTcpProxy(target: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  let refused = 0
  const hold = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  }
  const server = createServer((client) => {
    hold(client)
    if (isCut) {
      refused += 1
      return void client.resetAndDestroy()
    }
    const upstream = hold(connect(target, '127.0.0.1'))
    client.pipe(upstream).pipe(client)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, host)
  await once(server, 'listening')
  const endAll = (): void => sockets.forEach((socket) => socket.resetAndDestroy())
  return {
    host,
    port: (server.address() as AddressInfo).port,
    get refused() {
      return refused
    },
    cut() {
      isCut = true
      refused = 0
      endAll()
    },
    stall() {
      for (const socket of sockets) socket.pause()
    },
    heal() {
      isCut = false
      for (const socket of sockets) socket.resume()
    },
    async [Symbol.asyncDispose]() {
      endAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
