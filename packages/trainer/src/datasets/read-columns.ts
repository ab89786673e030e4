/** Columns of cells, some rows at a time, into raw rows. @module */

import type { Cell, FieldSpec } from './field-encoder.ts'
import { collectRows, type RawRows } from './raw-rows.ts'
import { assertNotCancelled, type RowStorage } from './row-store.ts'

/** A cell that its column cannot take. `row` counts from 0. */
export interface RefusedCell {
  readonly row: number
  readonly column: string
  readonly expected: string
}

/** Where rows go, and how to say that a cell is refused. */
export interface ReadColumnsOptions {
  readonly storage: RowStorage
  readonly describe: (refused: RefusedCell) => Promise<Error>
}

/**
 * All rows of `chunks`, each of which holds a list of cells for every field.
 *
 * @throws what `describe` says of the first refused cell; ArtifactError `OUTPUT_UNWRITABLE`; TrainingError `CANCELLED`
 */
export async function readColumns(
  chunks: AsyncIterable<readonly (readonly Cell[])[]>,
  specs: readonly FieldSpec[],
  { storage, describe }: ReadColumnsOptions,
): Promise<RawRows> {
  return await collectRows(specs, storage, async ({ store, encoders }) => {
    for await (const columns of chunks) {
      assertNotCancelled(storage.signal)
      const rows = columns[0]?.length ?? 0
      const block = new Float64Array(rows * store.width)
      let refused: RefusedCell | undefined
      for (const [index, encoder] of encoders.entries()) {
        const cells = columns[index] ?? []
        for (let row = 0; row < (refused?.row ?? rows); row++) {
          const expected = encoder.put(cells[row] ?? null, block, row * store.width + encoder.offset)
          if (expected !== undefined) refused = { row, column: encoder.spec.name, expected }
        }
      }
      if (refused !== undefined) throw await describe({ ...refused, row: store.rows + refused.row })
      store.append(block)
    }
  })
}
