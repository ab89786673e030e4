/** Numbers of a normal distribution, from the run's own seed. @module */

import type { Random } from '../random.ts'

/** So many numbers around 0 (Box and Muller). */
export function normalNumbers(count: number, random: Random, deviation: number): Float32Array {
  const numbers = new Float32Array(count)
  for (let index = 0; index < count; index += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.nextFloat()))
    const angle = 2 * Math.PI * random.nextFloat()
    numbers[index] = radius * Math.cos(angle)
    if (index + 1 < count) numbers[index + 1] = radius * Math.sin(angle)
  }
  return numbers
}
