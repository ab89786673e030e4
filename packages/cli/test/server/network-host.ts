/** Another host, as the network sees it: a network namespace with one cable, which can be pulled. Needs root and iproute2. @module */

import { execFileSync } from 'node:child_process'

/** Another host. */
export interface NetworkHost {
  /** Where it reaches this machine. */
  readonly gateway: string
  /** Runs a command there. */
  readonly wrapper: readonly string[]
  /** Pulls the cable: what is sent is lost, and nobody is told. */
  unplug(): void
  plugIn(): void
  remove(): void
}

/** Why there can be no other hosts here; undefined where there can. */
export function whyNoNetworkHosts(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const name = `aibomgen-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'delete', name)
    return undefined
  } catch {
    return 'ip netns cannot be used here'
  }
}

/** A host with the given number, from 1 to 200. */
export function createNetworkHost(number: number): NetworkHost {
  const name = `aibomgen-${process.pid}-${number}`
  const [here, there] = [`aib${process.pid % 100_000}n${number}`, `aib${process.pid % 100_000}p${number}`]
  const network = `10.${200 + (process.pid % 50)}.${number}`
  ip('netns', 'add', name)
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name)
  ip('address', 'add', `${network}.1/24`, 'dev', here)
  ip('link', 'set', here, 'up')
  ip('-n', name, 'address', 'add', `${network}.2/24`, 'dev', there)
  ip('-n', name, 'link', 'set', there, 'up')
  ip('-n', name, 'link', 'set', 'lo', 'up')
  return {
    gateway: `${network}.1`,
    wrapper: ['ip', 'netns', 'exec', name],
    unplug: () => ip('-n', name, 'link', 'set', there, 'down'),
    plugIn: () => ip('-n', name, 'link', 'set', there, 'up'),
    remove: () => ip('netns', 'delete', name),
  }
}

function ip(...parameters: readonly string[]): void {
  execFileSync('ip', parameters, { stdio: 'ignore' })
}
