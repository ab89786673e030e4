import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createRandom } from '../src/random.ts'

describe('createRandom', () => {
  it('repeats for one seed and differs for another', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed)
      return Array.from({ length: 5 }, () => random.nextUint32())
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('permutes: every number once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer(), (length, seed) => {
        const order = createRandom(seed).permutation(length)
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index))
      }),
    )
  })

  it('draws evenly', () => {
    const random = createRandom(9)
    const counts = new Uint32Array(8)
    for (let drawn = 0; drawn < 80_000; drawn += 1) {
      const bucket = Math.floor(random.nextFloat() * 8)
      counts[bucket] = (counts[bucket] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400)
  })

  it('forks by label alone, whatever was drawn before', () => {
    const [fresh, used] = [createRandom(3), createRandom(3)]
    used.nextUint32()
    expect(used.fork('a').nextUint32()).toBe(fresh.fork('a').nextUint32())
    expect(fresh.fork('a').nextUint32()).not.toBe(fresh.fork('b').nextUint32())
  })
})
