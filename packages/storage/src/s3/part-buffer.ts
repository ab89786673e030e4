/** Memory in which one part of an upload is collected, used again for part after part. @module */

/** What is no larger than this takes no more memory than this. */
const SMALL_BYTES = 256 * 1024

/** Up to `maxBytes` bytes. */
export class PartBuffer {
  readonly #maxBytes: number
  #memory = Buffer.allocUnsafeSlow(0)
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isFull(): boolean {
    return this.#length === this.#maxBytes
  }

  /** What was taken in since the last `clear`. A view: it changes with the buffer. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length)
  }

  /** Copies the beginning of `source`, as much as there is room for, and gives the rest. */
  take(source: Uint8Array): Uint8Array {
    const taken = source.subarray(0, this.#maxBytes - this.#length)
    this.#reserve(this.#length + taken.length)
    this.#memory.set(taken, this.#length)
    this.#length += taken.length
    return source.subarray(taken.length)
  }

  clear(): void {
    this.#length = 0
  }

  #reserve(size: number): void {
    if (size <= this.#memory.length) return
    const memory = Buffer.allocUnsafeSlow(size <= SMALL_BYTES ? Math.min(SMALL_BYTES, this.#maxBytes) : this.#maxBytes)
    memory.set(this.bytes)
    this.#memory = memory
  }
}
