/** Rows of numbers, all of one width: in memory while they are few, in files once they are many. @module */

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { ArtifactError, TrainingError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'

/** What rows are made of. */
export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** Where rows go that outgrow memory, and how much of it they may have. */
export interface RowStorage {
  /** For files of this run's own. */
  readonly directory: string
  /** What one store may hold in memory. */
  readonly memoryBytes: number
  /** Stops whoever goes over the rows. */
  readonly signal: AbortSignal
}

/** Rows that follow each other. `values` is overwritten once the next block is asked for. */
export interface RowBlock<T extends Numbers> {
  readonly firstRow: number
  readonly rows: number
  /** Row-major. */
  readonly values: T
}

/** What a data set's rows may take of memory, each of the two times that they are kept. */
export const DEFAULT_MEMORY_BYTES: number = 128 * 1024 ** 2

const BLOCK_NUMBERS = 64 * 1024
/** Below what a file may have under the usual limits, so that a store of any size fits through them. */
const MAX_FILE_BYTES = 1024 ** 3
/** Rows that lie no further apart are read in one go. */
const MAX_GAP_BYTES = 4096
const MAX_READ_BYTES = 1024 ** 2

/** Rows are appended in order, then read in any order and as often as wanted. Closing it removes its files. */
export class RowStore<T extends Numbers> implements Disposable {
  /** How many numbers a row has. */
  readonly width: number
  readonly #create: (length: number) => T
  readonly #rowBytes: number
  readonly #rowsPerBlock: number
  readonly #storage: RowStorage
  readonly #name: string
  #rows = 0
  /** The blocks in memory; of a store in files, the one that is being filled. */
  #blocks: T[] = []
  #files: RowFiles | undefined

  /** @param create - makes an array of so many numbers: this says which kind the store holds */
  constructor(name: string, width: number, create: (length: number) => T, storage: RowStorage) {
    this.#name = name
    this.width = width
    this.#create = create
    this.#rowBytes = width * create(0).BYTES_PER_ELEMENT
    this.#rowsPerBlock = Math.max(1, Math.floor(BLOCK_NUMBERS / Math.max(1, width)))
    this.#storage = storage
  }

  get rows(): number {
    return this.#rows
  }

  /** Whether the rows outgrew memory. */
  get isInFiles(): boolean {
    return this.#files !== undefined
  }

  /**
   * Adds rows, row-major.
   *
   * @throws ArtifactError `OUTPUT_UNWRITABLE` where the directory takes no more
   */
  append(values: T): void {
    for (let taken = 0; taken < values.length;) {
      const filled = (this.#rows % this.#rowsPerBlock) * this.width
      if (filled === 0) this.#beginBlock()
      const block = this.#blocks.at(-1)
      if (block === undefined) throw new TypeError('row store: no block to fill')
      const part = values.subarray(taken, taken + block.length - filled)
      block.set(part, filled)
      taken += part.length
      this.#rows += part.length / this.width
    }
  }

  /**
   * All rows, in order. Between two blocks, the process hears its messages.
   *
   * @throws TrainingError `CANCELLED`
   */
  async *blocks(): AsyncGenerator<RowBlock<T>, void, undefined> {
    this.#flush()
    for (let firstRow = 0; firstRow < this.#rows; firstRow += this.#rowsPerBlock) {
      await setImmediate()
      assertNotCancelled(this.#storage.signal)
      const rows = Math.min(this.#rowsPerBlock, this.#rows - firstRow)
      const kept = this.#blocks[firstRow / this.#rowsPerBlock]
      const values =
        this.#files === undefined && kept !== undefined
          ? (kept.subarray(0, rows * this.width) as T)
          : this.#readFrom(firstRow, rows)
      yield { firstRow, rows, values }
    }
  }

  /** The rows asked for, in the order asked for, row-major. */
  gather(wanted: Uint32Array): T {
    const gathered = this.#create(wanted.length * this.width)
    if (this.#files === undefined) {
      for (let index = 0; index < wanted.length; index++) {
        const row = wanted[index] ?? 0
        const block = this.#blocks[Math.floor(row / this.#rowsPerBlock)]
        const start = (row % this.#rowsPerBlock) * this.width
        if (block !== undefined) gathered.set(block.subarray(start, start + this.width), index * this.width)
      }
      return gathered
    }
    this.#flush()
    for (const run of runsOf(wanted, this.#rowBytes)) {
      const values = this.#readFrom(run.firstRow, run.rows)
      for (const index of run.places) {
        const start = ((wanted[index] ?? 0) - run.firstRow) * this.width
        gathered.set(values.subarray(start, start + this.width), index * this.width)
      }
    }
    return gathered
  }

  [Symbol.dispose](): void {
    this.#blocks = []
    this.#files?.[Symbol.dispose]()
  }

  #beginBlock(): void {
    const bytes = (this.#rows + this.#rowsPerBlock) * this.#rowBytes
    if (this.#files === undefined && bytes > this.#storage.memoryBytes) {
      this.#files = new RowFiles(join(this.#storage.directory, this.#name), this.#rowBytes)
      for (const block of this.#blocks) this.#files.append(block)
      this.#blocks = []
    }
    if (this.#files === undefined) this.#blocks.push(this.#create(this.#rowsPerBlock * this.width))
    else {
      this.#flush()
      this.#blocks = [this.#create(this.#rowsPerBlock * this.width)]
    }
  }

  /** What is in files is read from files alone: the block that was being filled goes there first. */
  #flush(): void {
    const [block] = this.#blocks
    if (this.#files === undefined || block === undefined) return
    const written = this.#files.rows % this.#rowsPerBlock
    const rows = this.#rows - this.#files.rows
    if (rows > 0) this.#files.append(block.subarray(written * this.width, (written + rows) * this.width))
  }

  #readFrom(firstRow: number, rows: number): T {
    const values = this.#create(rows * this.width)
    this.#files?.read(firstRow, new Uint8Array(values.buffer))
    return values
  }
}

/** Files of so many rows each, one after the other. */
class RowFiles implements Disposable {
  rows = 0
  readonly #path: string
  readonly #rowBytes: number
  readonly #rowsPerFile: number
  readonly #descriptors: number[] = []

  constructor(path: string, rowBytes: number) {
    this.#path = path
    this.#rowBytes = rowBytes
    this.#rowsPerFile = Math.max(1, Math.floor(MAX_FILE_BYTES / rowBytes))
  }

  append(block: Numbers): void {
    const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength)
    this.#overFiles(this.rows, bytes, (descriptor, part, position) => {
      for (let done = 0; done < part.length;) {
        done += writeSync(descriptor, part, done, part.length - done, position + done)
      }
    })
    this.rows += bytes.length / this.#rowBytes
  }

  read(firstRow: number, into: Uint8Array): void {
    this.#overFiles(firstRow, into, (descriptor, part, position) => {
      for (let done = 0; done < part.length;) {
        const read = readSync(descriptor, part, done, part.length - done, position + done)
        if (read === 0) throw new TypeError(`row file ${this.#path} ends early`)
        done += read
      }
    })
  }

  [Symbol.dispose](): void {
    for (const [number, descriptor] of this.#descriptors.entries()) {
      closeSync(descriptor)
      rmSync(`${this.#path}.${number}`, { force: true })
    }
    this.#descriptors.length = 0
  }

  #overFiles(
    firstRow: number,
    bytes: Uint8Array,
    use: (file: number, part: Uint8Array, position: number) => void,
  ): void {
    let row = firstRow
    for (let done = 0; done < bytes.length;) {
      const number = Math.floor(row / this.#rowsPerFile)
      const inFile = row - number * this.#rowsPerFile
      const rows = Math.min(this.#rowsPerFile - inFile, (bytes.length - done) / this.#rowBytes)
      try {
        use(this.#open(number), bytes.subarray(done, done + rows * this.#rowBytes), inFile * this.#rowBytes)
      } catch (cause) {
        if (cause instanceof TypeError) throw cause
        const reason = reasonOf(cause)
        const path = 'scratch'
        throw new ArtifactError(
          'OUTPUT_UNWRITABLE',
          `cannot keep rows in ${path}: ${reason}`,
          { path, reason },
          { cause },
        )
      }
      row += rows
      done += rows * this.#rowBytes
    }
  }

  #open(number: number): number {
    return (this.#descriptors[number] ??= openSync(`${this.#path}.${number}`, 'wx+', 0o600))
  }
}

/** Rows that are read in one go, and the places in the request that they are for. */
interface Run {
  readonly firstRow: number
  readonly rows: number
  readonly places: readonly number[]
}

function runsOf(wanted: Uint32Array, rowBytes: number): Run[] {
  const rowAt = (place: number): number => wanted[place] ?? 0
  const places = Array.from(wanted, (_, place) => place).sort((a, b) => rowAt(a) - rowAt(b))
  const runs: { firstRow: number; rows: number; places: number[] }[] = []
  for (const place of places) {
    const row = rowAt(place)
    const run = runs.at(-1)
    const rows = run === undefined ? 0 : row - run.firstRow + 1
    if (run !== undefined && (rows - run.rows - 1) * rowBytes <= MAX_GAP_BYTES && rows * rowBytes <= MAX_READ_BYTES) {
      run.rows = Math.max(run.rows, rows)
      run.places.push(place)
    } else runs.push({ firstRow: row, rows: 1, places: [place] })
  }
  return runs
}

/** @throws TrainingError `CANCELLED` */
export function assertNotCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new TrainingError('CANCELLED', 'training: stopped on request', {})
}
