/** Names of the CycloneDX properties that an AIBoM carries: all under one namespace, `aibomgen:`. @module */

/** Fixed property names, by what they hold. Times are RFC 3339, lists and objects canonical JSON, numbers decimal. */
export const PROPERTY_NAMES = {
  jobId: 'aibomgen:job:id',
  submittedAt: 'aibomgen:job:submitted-at',
  /** One property for each thing left out on request. */
  withheld: 'aibomgen:withheld',
  keySeparation: 'aibomgen:key-separation',
  vulnerabilityState: 'aibomgen:vulnerabilities:state',
  /** Why there was no scan. */
  vulnerabilityReason: 'aibomgen:vulnerabilities:reason',
  vulnerabilityScanner: 'aibomgen:vulnerabilities:scanner',
  vulnerabilityScannedAt: 'aibomgen:vulnerabilities:scanned-at',
  /** The name by which links and releases know the file. */
  artifactName: 'aibomgen:artifact:name',
  artifactSizeBytes: 'aibomgen:artifact:size-bytes',
  submittedName: 'aibomgen:artifact:submitted-name',
  command: 'aibomgen:run:command',
  modelName: 'aibomgen:model:name',
  modelParametersTotal: 'aibomgen:model:parameters:total',
  modelParametersTrainable: 'aibomgen:model:parameters:trainable',
  modelParametersNonTrainable: 'aibomgen:model:parameters:non-trainable',
  optimizer: 'aibomgen:model:optimizer',
  loss: 'aibomgen:model:loss',
  metrics: 'aibomgen:model:metrics',
  /** Counted from 0; where the weights are not of the last epoch. */
  restoredEpoch: 'aibomgen:model:restored-epoch',
  datasetType: 'aibomgen:dataset:type',
  rows: 'aibomgen:dataset:rows',
  trainRows: 'aibomgen:dataset:rows:train',
  validationRows: 'aibomgen:dataset:rows:validation',
  classes: 'aibomgen:dataset:classes',
  columns: 'aibomgen:dataset:columns',
  features: 'aibomgen:dataset:features',
  channels: 'aibomgen:dataset:channels',
  imageSizes: 'aibomgen:dataset:image-sizes',
  formats: 'aibomgen:dataset:formats',
  /** `{"kind", "leaves", "root"}`: what a proof that a file or a row was in the data set is held against. */
  merkle: 'aibomgen:dataset:merkle',
  definition: 'aibomgen:dataset:definition',
} as const

/** Prefixes of properties whose last part is a name of the user's or the machine's. */
export const PROPERTY_PREFIXES = {
  /** A training parameter, the value really used. */
  parameter: 'aibomgen:parameter:',
  /** What the submitter said, word for word. */
  metadata: 'aibomgen:metadata:',
  /** A layer: its position, from 0, and its description. */
  layer: 'aibomgen:model:layer:',
  /** An observation of the environment; with `:status` behind it, why there is none. */
  environment: 'aibomgen:environment:',
  /** What confined the training process, resource by resource. */
  isolation: 'aibomgen:isolation:',
  /** All that is said of a scan for vulnerabilities. */
  vulnerabilities: 'aibomgen:vulnerabilities:',
  /** How many findings of a severity. */
  vulnerabilityCount: 'aibomgen:vulnerabilities:count:',
} as const

/** A CycloneDX property, as documents spell it. An alias and no interface, so that it counts as JSON. */
export type BomProperty = { readonly name: string; readonly value: string }

/** The property `name` with a scalar spelled out: `0` stays `0`, `false` stays `false`. */
export function property(name: string, value: string | number | boolean): BomProperty {
  return { name, value: String(value) }
}

/** One property for each entry of `record`, named `prefix` and the entry's name. */
export function propertiesOf(
  prefix: string,
  record: Readonly<Record<string, string | number | boolean>>,
): readonly BomProperty[] {
  return Object.entries(record).map(([name, value]) => property(prefix + name, value))
}

/** The properties in order of their names, by code unit. */
export function sortProperties(properties: readonly BomProperty[]): readonly BomProperty[] {
  return properties.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
