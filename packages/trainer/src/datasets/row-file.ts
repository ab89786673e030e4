/** Rows of equal length in a file of the run's own: written once, then read in any order. @module */

import { closeSync, openSync, readSync, writeSync } from 'node:fs'

import { ArtifactError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'

/** A row as it is kept: a byte for each value where all are whole numbers of 0 to 255, four otherwise. */
export type KeptRow = Uint8Array | Float32Array

const FLOAT_BYTES = 4

/**
 * Rows on disk. Memory grows by nine bytes a row. Reading is synchronous: the system keeps what it can of the file in
 * memory, and a batch has nothing else to wait for.
 */
export class RowFile implements Disposable {
  readonly #path: string
  readonly #file: number
  readonly #width: number
  readonly #offsets: Float64Array
  readonly #isBytes: Uint8Array
  #end = 0
  #rows = 0

  /**
   * A new file at `path` for `rows` rows of `width` values.
   *
   * @throws ArtifactError `OUTPUT_UNWRITABLE`
   */
  constructor(path: string, { rows, width }: { readonly rows: number; readonly width: number }) {
    this.#path = path
    this.#width = width
    this.#offsets = new Float64Array(rows)
    this.#isBytes = new Uint8Array(rows)
    this.#file = this.#writing(() => openSync(path, 'wx+', 0o600))
  }

  /** Writes the next row. */
  append(values: KeptRow): void {
    if (values.length !== this.#width) throw new TypeError(`row file: expected ${this.#width} values a row`)
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.#writing(() => {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#end + written)
      }
    })
    this.#offsets[this.#rows] = this.#end
    this.#isBytes[this.#rows] = values instanceof Uint8Array ? 1 : 0
    this.#end += bytes.length
    this.#rows++
  }

  /** Reads a row. */
  read(row: number): KeptRow {
    if (!(row < this.#rows)) throw new TypeError(`row file: expected one of ${this.#rows} rows, got ${row}`)
    const isBytes = this.#isBytes[row] === 1
    const bytes = new Uint8Array(isBytes ? this.#width : this.#width * FLOAT_BYTES)
    const offset = this.#offsets[row] ?? 0
    for (let filled = 0; filled < bytes.length;) {
      const got = readSync(this.#file, bytes, filled, bytes.length - filled, offset + filled)
      if (got === 0) throw this.#error('FILE_UNREADABLE', 'ends too early')
      filled += got
    }
    return isBytes ? bytes : new Float32Array(bytes.buffer)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }

  #writing<T>(write: () => T): T {
    try {
      return write()
    } catch (cause) {
      throw this.#error('OUTPUT_UNWRITABLE', reasonOf(cause), cause)
    }
  }

  #error(code: 'OUTPUT_UNWRITABLE' | 'FILE_UNREADABLE', reason: string, cause?: unknown): ArtifactError {
    const path = this.#path
    return new ArtifactError(code, `scratch file ${path}: ${reason}`, { path, reason }, { cause })
  }
}
