/** The one source of randomness of a training run: a small seeded generator with named forks. @module */

/** A deterministic stream of numbers. Equal seeds give equal streams on every machine. */
export interface Random {
  /** The next integer, uniform over 0 … 2³²−1. */
  nextUint32(): number
  /** The next float, uniform over [0, 1), in steps of 2⁻³². */
  nextFloat(): number
  /** The numbers 0 … `length`−1 in a random order (Fisher and Yates; free of modulo bias). */
  permutation(length: number): Uint32Array<ArrayBuffer>
  /** A stream of its own for one purpose. Depends on the seed and the labels alone, not on what was drawn before. */
  fork(label: string): Random
}

/**
 * A generator for one seed.
 *
 * Its integers are those of xoshiro128** 1.1 (Blackman and Vigna), its state filled by splitmix32 from the seed.
 *
 * @param seed - an integer; its low 32 bits count
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new TypeError(`random seed: expected an integer, got ${seed}`)
  const origin = seed >>> 0
  const nextUint32 = xoshiro128StarStar(origin)

  return {
    nextUint32,
    nextFloat: () => nextUint32() / 0x1_0000_0000,
    permutation(length) {
      const order = Uint32Array.from({ length }, (_, index) => index)
      for (let last = length - 1; last > 0; last -= 1) {
        const chosen = below(last + 1, nextUint32)
        const kept = order[last] ?? 0
        order[last] = order[chosen] ?? 0
        order[chosen] = kept
      }
      return order
    },
    fork: (label) => createRandom(mix(origin ^ fnv1a(label))),
  }
}

function xoshiro128StarStar(seed: number): () => number {
  let state = seed
  const fill = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    return mix(state)
  }
  let a = fill()
  let b = fill()
  let c = fill()
  let d = fill()

  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return result
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

/** A uniform integer below `bound`: by rejection, so that none is likelier. */
function below(bound: number, nextUint32: () => number): number {
  const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound)
  for (;;) {
    const drawn = nextUint32()
    if (drawn < limit) return drawn % bound
  }
}

/** The finalizer of splitmix32 (a bijection of 32 bits). */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x21f0aaad)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** FNV-1a over the label's UTF-16 units, so that every label moves the seed. */
function fnv1a(label: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < label.length; index += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
