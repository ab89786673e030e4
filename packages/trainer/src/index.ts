/** Training: a confined child process that trains, and what is seen of it from outside. @module */

export { createProcessIsolation, type ProcessIsolationOptions } from './isolation/process-isolation.ts'
export { trainingChildEntry } from './isolation/training-child-entry.ts'
export type { ChildEnd, ChildHandle, Isolation, TrainingChild } from './isolation/isolation.ts'
export { DEFAULT_LIMITS, type Limits } from './isolation/limits.ts'
export {
  runTraining,
  type StagedTraining,
  type TrainingDeps,
  type TrainingOptions,
  type TrainingOutcome,
} from './run-training.ts'
export type { TrainingEvent } from './training-conversation.ts'
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
export type { KerasModel, LayerCall, ModelLayer, ModelWeight } from './keras/model.ts'
export { summarizeModel } from './keras/model-summary.ts'
export { predict } from './keras/predict.ts'
export { createRandom, type Random } from './random.ts'
export type { RowBatch, RowSource } from './row-source.ts'
