/** The projection between two quadrangles. @module */

import type { Projection } from './sample-images.ts'

/** The projection of an image whose corners move, each coordinate times its own number (`keras.layers.RandomPerspective`). */
export function perspective([height, width]: readonly [number, number], move: () => number): Projection {
  const corners = [
    [0, 0],
    [width - 1, 0],
    [0, height - 1],
    [width - 1, height - 1],
  ] as const
  // a new pixel shows an old one: from the moved corners back to those of the image
  const equations = corners.flatMap(([x, y]) => {
    const [movedX, movedY] = [x * move(), y * move()]
    return [
      [movedX, movedY, 1, 0, 0, 0, -x * movedX, -x * movedY, x],
      [0, 0, 0, movedX, movedY, 1, -y * movedX, -y * movedY, y],
    ]
  })
  const [a0 = 1, a1 = 0, a2 = 0, b0 = 0, b1 = 1, b2 = 0, c0 = 0, c1 = 0] = solve(equations)
  return [a0, a1, a2, b0, b1, b2, c0, c1]
}

/** Gauss's elimination with the largest pivot. Each row ends with its right side. */
function solve(rows: number[][]): readonly number[] {
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  const size = rows.length
  for (let column = 0; column < size; column += 1) {
    let pivot = column
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row
    }
    const [upper, lower] = [rows[pivot] ?? [], rows[column] ?? []]
    rows[column] = upper
    rows[pivot] = lower
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue
      const times = at(row, column) / at(column, column)
      rows[row] = (rows[row] ?? []).map((value, index) => value - times * at(column, index))
    }
  }
  return rows.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1))
}
