/** What the figures were measured on. @module */

import { cpus, loadavg, totalmem } from 'node:os'

/** One line: processor, cores, memory, Node, and how busy it is. Nothing that names the machine. */
export function describeMachine(): string {
  const [first] = cpus()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  const [load = 0] = loadavg()
  const processor = `${cpus().length} cores of ${first?.model.trim() ?? 'an unknown processor'}`
  const system = `${process.platform} ${process.arch}, Node.js ${process.versions.node}`
  return `${processor}, ${gibibytes} GiB, ${system}; load at the start ${load.toFixed(1)}`
}
