/** The order in which Keras runs the calls of a graph. It shows where a call takes masks away: see `Layer.takesMasks`. @module */

import type { CallConfig } from './call-config.ts'

/** A call, and what it comes from and gives. */
export interface OrderedCall extends CallConfig {
  /** Whatever stands for its layer: calls of one layer share it. */
  readonly layer: object
  readonly outputs: readonly string[]
}

/**
 * The calls that the outputs need, those furthest from an output first (`keras.src.ops.function.map_graph`).
 *
 * @param calls - each after those that it needs
 * @param outputs - keys of the graph's outputs, in order
 */
export function inKerasOrder<Call extends OrderedCall>(calls: readonly Call[], outputs: readonly string[]): Call[] {
  const makers = new Map(calls.flatMap((call) => call.outputs.map((key) => [key, call] as const)))
  const makersOf = (keys: readonly string[]): Call[] => keys.flatMap((key) => makers.get(key) ?? [])
  const neededBy = (call: Call): Call[] => makersOf([...call.inputs, ...Object.values(call.tensors).flat()])

  const depths = new Map<Call, number>()
  const layerDepths = new Map<object, number>()
  for (const call of traverse(makersOf(outputs), neededBy).reverse()) {
    const depth = Math.max(depths.get(call) ?? 0, layerDepths.get(call.layer) ?? 0)
    depths.set(call, depth)
    layerDepths.set(call.layer, depth)
    for (const needed of neededBy(call)) depths.set(needed, Math.max(depth + 1, depths.get(needed) ?? 0))
  }
  // A Map keeps the order in which Keras met the calls, and sorting keeps it among equals.
  return [...depths].sort(([, left], [, right]) => right - left).map(([call]) => call)
}

/** Depth first, each call after those that it needs. A loop of its own: a graph may be deeper than the stack. */
function traverse<Call>(ends: readonly Call[], neededBy: (call: Call) => readonly Call[]): Call[] {
  const finished = new Set<Call>()
  const path = [...ends].reverse()
  const entered = new Set<Call>()
  while (path.length > 0) {
    const call = path.at(-1) as Call
    if (entered.has(call)) {
      finished.add(call)
      path.pop()
    } else {
      entered.add(call)
      path.push(...neededBy(call).filter((needed) => !entered.has(needed)).reverse()) // prettier-ignore
    }
  }
  return [...finished]
}
