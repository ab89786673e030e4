/** Keras models and their training, in this very process. Loads TensorFlow.js and HDF5: an entry of its own. @module */

export { loadBackend } from './backends/load-backend.ts'
export type { BackendName, BackendReport, TrainingBackend } from './backends/training-backend.ts'
export { fit } from './fit.ts'
export type { BatchProgress, EpochProgress, FitOptions, History } from './fit-options.ts'
export { labelKindOf, type CompileConfig, type LabelKind } from './keras/compile-config.ts'
export {
  createKerasModel,
  type ActivationName,
  type LayerDescription,
  type LossName,
  type ModelDescription,
  type OptimizerDescription,
} from './keras/create-model.ts'
export { loadKerasModel, writeKerasModel } from './keras/load-model.ts'
export type { GivenShape } from './keras/model-config.ts'
export type { KerasModel, LayerCall, ModelLayer, ModelWeight } from './keras/model.ts'
export { summarizeModel } from './keras/model-summary.ts'
export { predict } from './keras/predict.ts'
export { createRandom, type Random } from './random.ts'
export type { RowBatch, RowSource } from './row-source.ts'
