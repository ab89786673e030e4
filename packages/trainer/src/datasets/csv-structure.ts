/** The structure of a CSV file: its header, its rows, its lines; RFC 4180, strictly. @module */

import { concatBytes, ParseError, utf8Decode } from '@aibomgen/core'
import { readFileParts } from '@aibomgen/core/node'

import { datasetError } from './dataset-error.ts'
import { assertNotCancelled } from './row-store.ts'

/** What a CSV file holds, before its cells are looked at. */
export interface CsvStructure {
  readonly header: readonly string[]
  /** Without the header and without blank lines. */
  readonly rows: number
}

/** A row as it stands in the file. `line` is where it begins, from 1. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** Takes the exact bytes of a row, without the end of its line. They are overwritten afterwards. */
export type TakeRecord = (record: Uint8Array) => void

const MAX_RECORD_BYTES = 1024 * 1024
/** What DuckDB takes as a line. */
const MAX_ROW_BYTES = 2 * 1024 * 1024

const QUOTE = 0x22
const COMMA = 0x2c
const LF = 0x0a
const CR = 0x0d

/**
 * The structure of the CSV file at `path`: comma-separated, quoted with `"`, LF or CRLF throughout, a header in the
 * first line, as many cells in every row. Blank lines are skipped; a byte order mark is too.
 *
 * @param onRow - takes every row, in order
 * @throws TrainingError `DATASET_INVALID`, `CANCELLED`; ArtifactError `FILE_UNREADABLE`
 */
export async function readCsvStructure(
  path: string,
  { signal, onRow }: { readonly signal?: AbortSignal; readonly onRow?: TakeRecord } = {},
): Promise<CsvStructure> {
  const scanner = new CsvScanner(0, onRow)
  for await (const chunk of chunksOf(path)) {
    if (signal !== undefined) assertNotCancelled(signal)
    scanner.push(chunk)
  }
  scanner.end()
  const header = scanner.kept?.cells
  if (header === undefined) throw datasetError('the file is empty')
  return { header, rows: scanner.records - 1 }
}

/** The data row with this number (from 1) of a well-formed CSV file: for saying where something is, and what. */
export async function readCsvRow(path: string, row: number): Promise<CsvRecord> {
  const scanner = new CsvScanner(row)
  for await (const chunk of chunksOf(path)) {
    scanner.push(chunk)
    if (scanner.kept !== undefined) return scanner.kept
  }
  scanner.end()
  if (scanner.kept === undefined) throw new TypeError(`CSV row ${row}: there is no such row`)
  return scanner.kept
}

/** Walks over the bytes of a CSV file once, counting; keeps the text of one record. */
class CsvScanner {
  /** Records seen whole, the header being one. */
  records = 0
  kept: CsvRecord | undefined

  readonly #keep: number
  readonly #bytes: number[] = []
  #state: 'cell start' | 'plain' | 'quoted' | 'quote in quoted' | 'carriage return' = 'cell start'
  #cells = 1
  #columns = 0
  #line = 1
  #startLine = 1
  #isBlank = true
  #lineEnd: '\n' | '\r\n' | undefined

  readonly #onRow: TakeRecord | undefined
  /** Of the record that is being read: what earlier chunks had of it, and where it begins in this one. */
  readonly #earlier: Uint8Array[] = []
  #chunk: Uint8Array = new Uint8Array()
  #recordStart = 0

  constructor(keep: number, onRow?: TakeRecord) {
    this.#keep = keep
    this.#onRow = onRow
  }

  push(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#recordStart = 0
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0
      // No byte past the comma means anything here: most of a file goes by without a call.
      if (byte > COMMA && this.#state === 'plain' && this.records !== this.#keep) continue
      this.#take(byte, index)
    }
    if (this.#onRow !== undefined) this.#keepRest()
  }

  #keepRest(): void {
    this.#earlier.push(this.#chunk.slice(this.#recordStart))
    const length = this.#earlier.reduce((sum, part) => sum + part.length, 0)
    if (length > MAX_ROW_BYTES) throw this.#error('a row of more than 2 MiB', this.#startLine)
  }

  end(): void {
    if (this.#state === 'quoted') throw this.#error('a quote that is never closed', this.#startLine)
    if (this.#state === 'carriage return') throw this.#error('a carriage return without a line feed')
    this.#chunk = new Uint8Array()
    if (!this.#isBlank) this.#endRecord(0)
  }

  #take(byte: number, index: number): void {
    if (this.records === this.#keep && this.kept === undefined) this.#remember(byte)
    if (byte === 0) throw this.#error('a NUL byte: this is no CSV in UTF-8')
    switch (this.#state) {
      case 'quoted':
        if (byte === QUOTE) this.#state = 'quote in quoted'
        else if (byte === LF) this.#line++
        return
      case 'carriage return':
        if (byte !== LF) throw this.#error('a carriage return without a line feed')
        this.#endLine('\r\n', index)
        return
      case 'quote in quoted':
        if (byte === QUOTE) {
          this.#state = 'quoted'
          return
        }
        if (byte !== COMMA && byte !== CR && byte !== LF) throw this.#error('text after a closing quote')
        break
      case 'cell start':
      case 'plain':
        break
    }
    if (byte === COMMA) {
      this.#isBlank = false
      this.#cells++
      this.#state = 'cell start'
    } else if (byte === CR) this.#state = 'carriage return'
    else if (byte === LF) this.#endLine('\n', index)
    else {
      if (byte === QUOTE && this.#state === 'plain') throw this.#error('a quote inside an unquoted cell')
      this.#isBlank = false
      this.#state = byte === QUOTE ? 'quoted' : 'plain'
    }
  }

  #endLine(lineEnd: '\n' | '\r\n', index: number): void {
    this.#lineEnd ??= lineEnd
    if (lineEnd !== this.#lineEnd) throw this.#error('lines that end with LF, and others that end with CRLF')
    if (!this.#isBlank) this.#endRecord(index)
    else if (this.records === 0) throw this.#error('a blank line instead of a header')
    this.#bytes.length = 0
    this.#earlier.length = 0
    this.#recordStart = index + 1
    this.#line++
    this.#startLine = this.#line
    this.#cells = 1
    this.#isBlank = true
    this.#state = 'cell start'
  }

  /** `end`: where the line's end begins, in the last chunk. */
  #endRecord(end: number): void {
    if (this.records === 0) this.#columns = this.#cells
    else if (this.#cells !== this.#columns) {
      throw this.#error(`expected ${this.#columns} cells, got ${this.#cells}`, this.#startLine)
    }
    if (this.records === this.#keep) {
      this.kept = { line: this.#startLine, cells: cellsOf(Uint8Array.from(this.#bytes)) }
    }
    if (this.#onRow !== undefined && this.records > 0) {
      const rest = this.#chunk.subarray(this.#recordStart, Math.max(end, this.#recordStart))
      const record = this.#earlier.length === 0 ? rest : concatBytes(...this.#earlier, rest)
      const isCut = this.#state === 'carriage return'
      this.#onRow(isCut ? record.subarray(0, -1) : record)
    }
    this.records++
  }

  #remember(byte: number): void {
    if (this.#bytes.length >= MAX_RECORD_BYTES) throw this.#error('a row of more than 1 MiB', this.#startLine)
    this.#bytes.push(byte)
  }

  #error(reason: string, line: number = this.#line): Error {
    return datasetError(reason, { ...(this.records === 0 ? {} : { row: this.records }), line })
  }
}

/** The file's bytes, without a byte order mark. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const part of readFileParts(path)) {
    yield isFirst && BYTE_ORDER_MARK.every((byte, index) => part[index] === byte) ? part.subarray(3) : part
    isFirst = false
  }
}

const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf)

const CELL = /,(?:"([^"]*(?:""[^"]*)*)"|([^",]*))/g

/** The cells of one well-formed record. */
function cellsOf(record: Uint8Array): string[] {
  const text = decode(record).replace(/\r?\n$/, '')
  return Array.from(`,${text}`.matchAll(CELL), ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes)
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause
    throw datasetError('text that is not UTF-8', {}, { cause })
  }
}
