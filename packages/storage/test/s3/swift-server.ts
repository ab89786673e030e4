/** A real S3 server for tests: OpenStack Swift with its S3 API, as Debian packages it. @module */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Who may do everything on the server. */
export const SWIFT_CREDENTIALS = { accessKeyId: 'test:tester', secretAccessKey: 'testing' } as const

// Debian's packages are for Debian's Python, whatever `python3` is on the PATH.
const PYTHON = '/usr/bin/python3'
const PARTS = ['proxy', 'account', 'container', 'object'].map((part) => `/usr/bin/swift-${part}-server`)

/** What is missing here for `startSwift`; undefined when nothing is. */
export function missingForSwift(): string | undefined {
  const missing = [PYTHON, ...PARTS].filter((path) => !existsSync(path))
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed`
}

/** A running server. Disposing of it kills it. */
export interface SwiftServer extends AsyncDisposable {
  readonly port: number
  /** Ends it as a power failure does. What it stored stays in its directory. */
  kill(): Promise<void>
}

/**
 * A server that keeps what it is given in `directory`, as the user who runs the tests and on loopback only. It also
 * ends when this process does.
 *
 * @param port - where a server that was killed listened before; 0 for any free one
 */
export async function startSwift(directory: string, port = 0): Promise<SwiftServer> {
  const program = fileURLToPath(new URL('swift-server.py', import.meta.url))
  const child = spawn(PYTHON, [program, directory, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return { port: await portOf(child), kill, [Symbol.asyncDispose]: kill }
}

/** The port that the server prints once it listens. */
async function portOf(child: ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> }): Promise<number> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`swift: expected a server that listens, got one that ended with ${code}`)
  })
  const [line] = await Promise.race([once(child.stdout, 'data'), exited])
  return Number(line)
}
