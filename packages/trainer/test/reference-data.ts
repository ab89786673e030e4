/** Reference runs of Keras on real data, where they lie beside the repository. @module */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))

/** Why tests on the reference data are skipped; nothing where they can run. */
export const noReferenceData: string = existsSync(directory)
  ? ''
  : ' (skipped: no ../shared/data beside the repository)'

/** The path of a file of the reference data. */
export function referenceFile(name: string): string {
  return `${directory}${name}`
}
