/** Running things several times, in turn, and what their figures come to. @module */

/** Figures of several runs of the same. */
export interface Sample {
  readonly median: number
  /** The least: what the others were kept from by whatever else the machine did. */
  readonly best: number
  readonly runs: number
}

/** One run. Gives its figure. */
export type Run = () => Promise<number>

/** How runs are repeated. */
export interface Repetition {
  readonly rounds: number
  /** Rounds before those that count. None unless said otherwise. */
  readonly warmUps?: number
}

/**
 * Runs all of `runs` in turn, round after round, so that what slows the machine down for a while slows all of them down.
 */
export async function sampleInTurn<Name extends string>(
  runs: Readonly<Record<Name, Run>>,
  { rounds, warmUps = 0 }: Repetition,
): Promise<Record<Name, Sample>> {
  const names = Object.keys(runs) as Name[]
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of names) {
      const figure = await runs[name]()
      if (round >= 0) figures.get(name)?.push(figure)
    }
  }
  const samples = [...figures].map(([name, values]) => [name, summarize(values)] as const)
  return Object.fromEntries(samples) as Record<Name, Sample>
}

/** A run whose figure is the seconds that `work` takes. */
export function timed(work: () => unknown): Run {
  return async () => {
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000
  }
}

/** The sample that these figures make, of which there is at least one. */
export function summarize(figures: readonly number[]): Sample {
  const sorted = figures.toSorted((a, b) => a - b)
  const [best, median] = [sorted[0], sorted[Math.floor((sorted.length - 1) / 2)]]
  if (best === undefined || median === undefined) throw new TypeError('no figures to summarize')
  return { median, best, runs: sorted.length }
}
