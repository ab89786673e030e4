/** What a host that takes jobs needs of the trainer: parsers and documents. Loads no training engine. @module */

export {
  parseDatasetDefinition,
  type ColumnDefinition,
  type ColumnType,
  type DatasetDefinition,
  type DatasetType,
  type FeatureDefinition,
  type FeatureDtype,
  type ImageDefinition,
  type InputDefinition,
  type LabelFeatureDefinition,
  type LabelsDefinition,
  type MissingPolicy,
  type OutputDefinition,
  type PreprocessingDefinition,
  type TableDefinition,
  type TfrecordDefinition,
} from './dataset-definition.ts'
export {
  parseDatasetManifest,
  serializeDatasetManifest,
  type ColumnStatistics,
  type DatasetManifest,
  type ManifestColumn,
  type TableManifest,
  type ValueCount,
} from './documents/dataset-manifest.ts'
export type { ExamplesManifest, ManifestFeature } from './documents/examples-manifest.ts'
export type {
  ExamplesPreprocessing,
  PreparedFeature,
  PreparedLabelFeature,
} from './documents/examples-preprocessing.ts'
export { compareMetrics, parseMetrics, serializeMetrics, type Metrics } from './documents/metrics.ts'
export {
  parseModelSummary,
  serializeModelSummary,
  type LayerSummary,
  type ModelSummary,
  type OpenShape,
  type ParameterCounts,
  type TensorSummary,
} from './documents/model-summary.ts'
export {
  parsePreprocessing,
  serializePreprocessing,
  type LabelKind,
  type PreparationStep,
  type PreparedColumn,
  type PreparedInputShape,
  type PreparedLabel,
  type Preprocessing,
  type TablePreprocessing,
} from './documents/preprocessing.ts'
export {
  parseEnvironmentReport,
  serializeEnvironmentReport,
  type EnvironmentReport,
} from './environment/environment-report.ts'
export { assertDatasetFormat, assertModelFormat, FORMAT_HEAD_BYTES } from './file-format.ts'
export {
  FRAMEWORK,
  METADATA_NAMES,
  parseModelMetadata,
  type MetadataName,
  type ModelMetadata,
} from './model-metadata.ts'
export {
  STRUCTURED_PARAMETERS,
  type ClassWeights,
  type EarlyStopping,
  type MonitorMode,
  type PlateauDrop,
  type StructuredParameter,
} from './structured-parameters.ts'
export {
  BACKEND_CHOICES,
  DEFAULT_TRAINING_PARAMETERS,
  fillTrainingParameters,
  parseTrainingParameters,
  readStructuredParameters,
  type BackendChoice,
  type StructuredParameters,
  type TrainingParameters,
} from './training-parameters.ts'
export { MAX_YAML_BYTES as MAX_DEFINITION_BYTES } from './yaml.ts'
export { parseYaml, toPlainValue, type YamlValue } from './yaml.ts'
