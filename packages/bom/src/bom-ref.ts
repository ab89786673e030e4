/** The bom-refs of an AIBoM: fixed by role, so that the same thing has the same name in every AIBoM. @module */

/** bom-refs of what every AIBoM has. */
export const BOM_REFS = {
  tool: 'tool:aibomgen',
  inputs: { job: 'input:job', model: 'input:model', dataset: 'input:dataset', definition: 'input:definition' },
  outputs: {
    trainedModel: 'output:trained-model',
    metrics: 'output:metrics',
    modelSummary: 'output:model-summary',
    preprocessing: 'output:preprocessing',
    datasetManifest: 'output:dataset-manifest',
  },
  byproducts: { logs: 'byproduct:logs', environment: 'byproduct:environment' },
  modelCard: 'model-card',
  formula: 'formulation',
  workflow: 'workflow:training',
  operatingSystem: 'environment:operating-system',
  node: 'environment:node',
  cpu: 'environment:cpu',
  container: 'environment:container',
  trainer: 'environment:trainer',
} as const

/** bom-ref of the graphics card at `index`, from 0. */
export function gpuRef(index: number): string {
  return `environment:gpu:${index}`
}

/** bom-ref of a package: its purl, behind a word of ours so that no package can take another's place. */
export function packageRef(purl: string): string {
  return `package:${purl}`
}
