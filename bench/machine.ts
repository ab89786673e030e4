/** What the figures were measured on. @module */

import { cpus, loadavg, totalmem } from 'node:os'

/** Processor, cores, memory, system and Node. Nothing that names the machine. */
export function describeMachine(): string {
  const [first] = cpus()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  const processor = `${cpus().length} cores of ${first?.model.trim() ?? 'an unknown processor'}`
  return `${processor}, ${gibibytes} GiB, ${process.platform} ${process.arch}, Node.js ${process.versions.node}`
}

/** How many processes wanted to run over the last minute: at more than there are cores, figures are noise. */
export function readLoad(): string {
  const [load = 0] = loadavg()
  return load.toFixed(1)
}
