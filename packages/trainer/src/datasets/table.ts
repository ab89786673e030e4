/** A data set in memory: one column after another, before anything is made of it. @module */

/** A column of numbers. `values` has one per row, NaN where the cell is empty. */
export interface NumberColumn {
  readonly name: string
  readonly type: 'float' | 'int'
  readonly values: Float64Array
  /** Empty cells. */
  readonly missing: number
}

/** A column of words. `codes` has one per row: the place of its word in `words`, which are sorted by code unit. */
export interface WordColumn {
  readonly name: string
  readonly type: 'category' | 'text'
  readonly words: readonly string[]
  readonly codes: Uint32Array
}

/** One column. */
export type Column = NumberColumn | WordColumn

/** A data set's rows, in the file's order. */
export interface Table {
  readonly rows: number
  /** In the definition's order, the label among them. */
  readonly columns: readonly Column[]
  /** Names of the file's other columns, in the file's order. */
  readonly ignoredColumns: readonly string[]
}
