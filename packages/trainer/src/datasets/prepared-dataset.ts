/** A data set ready for a model: split, preprocessed, labels encoded, and described. @module */

import type { DatasetManifest } from '../documents/dataset-manifest.ts'
import type { Preprocessing } from '../documents/preprocessing.ts'
import type { RowSource } from '../row-source.ts'
import type { Split } from './split.ts'

/** What training takes, and the two documents about it. Rows that it keeps in files go with the scratch directory. */
export interface PreparedDataset {
  readonly source: RowSource
  readonly split: Split
  readonly preprocessing: Preprocessing
  readonly manifest: DatasetManifest
}
