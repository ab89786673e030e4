/** Asks every probe what it sees, each within its time, and leaves no question without an answer. @module */

import type { MachineObservations } from './environment-report.ts'
import { unavailable, type Observed } from './observed.ts'

/**
 * Looks at one side of a machine.
 *
 * `observe` answers for the fields in `observes` and for no other. It may throw: then each of them is `unavailable`,
 * with the error's code as the reason. It stops looking when `signal` aborts; one that does not is left behind.
 */
export interface EnvironmentProbe {
  readonly observes: readonly (keyof MachineObservations)[]
  observe(signal: AbortSignal): Promise<Partial<MachineObservations>>
}

/** How long a capture may take. */
export interface CaptureOptions {
  /** For each probe; they run side by side. */
  readonly timeoutSeconds: number
}

const UNASKED = unavailable('no probe looks for it')
const NOTHING_SEEN: MachineObservations = {
  operatingSystem: UNASKED,
  node: UNASKED,
  cpu: UNASKED,
  memory: UNASKED,
  disk: UNASKED,
  gpus: UNASKED,
  container: UNASKED,
  trainer: UNASKED,
  packages: UNASKED,
}

/** What `probes` see of this machine. Never throws: what could not be seen is `unavailable`, with the reason. */
export async function captureEnvironment(
  probes: readonly EnvironmentProbe[],
  options: CaptureOptions,
): Promise<MachineObservations> {
  const answers = await Promise.all(probes.map((probe) => observeWithin(probe, options.timeoutSeconds)))
  return answers.reduce<MachineObservations>((seen, answer) => ({ ...seen, ...answer }), NOTHING_SEEN)
}

async function observeWithin(probe: EnvironmentProbe, timeoutSeconds: number): Promise<Partial<MachineObservations>> {
  const { promise: timedOut, reject } = Promise.withResolvers<never>()
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort()
    reject(new ProbeTimeout(timeoutSeconds))
  }, timeoutSeconds * 1000)
  try {
    return await Promise.race([probe.observe(controller.signal), timedOut])
  } catch (error) {
    const answer = unavailable(reasonOf(error))
    return Object.fromEntries<Observed<never>>(probe.observes.map((field) => [field, answer]))
  } finally {
    clearTimeout(timer)
  }
}

class ProbeTimeout extends Error {
  constructor(seconds: number) {
    super(`no answer within ${seconds} s`)
  }
}

/** Codes alone: messages of the file system hold absolute paths, and this goes into evidence. */
function reasonOf(error: unknown): string {
  if (error instanceof ProbeTimeout) return error.message
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.name
  return 'the probe failed'
}
