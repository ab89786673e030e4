/** The names of the files that an AIBoM speaks of. @module */

import type { EvidenceFile, TrainingFacts } from './training-facts.ts'

/**
 * A name that two files of a run share, evidence included; none where every file has its own. With one name for two
 * files, whoever compares digests by name would compare only one of them.
 */
export function findRepeatedName({
  inputs,
  outputs,
  byproducts,
  evidence,
}: Pick<TrainingFacts, 'inputs' | 'outputs' | 'byproducts' | 'evidence'>): string | undefined {
  const artifacts = Object.values<EvidenceFile>({ ...inputs, ...outputs, ...byproducts })
  const files = [...artifacts, evidence.submitInputs, ...evidence.runTraining, evidence.layout]
  const names = files.map(({ name }) => name)
  return names.find((name, index) => names.indexOf(name) !== index)
}
