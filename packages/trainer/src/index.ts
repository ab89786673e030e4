/** Training: a confined child process that trains, and what is seen of it from outside. @module */

export { installedBackends } from './backends/optional-package.ts'
export type { BackendName } from './backends/training-backend.ts'
export { compareModels, type ComparisonDeps, type ComparisonOptions } from './compare-models.ts'
export { proveDatasetRow } from './datasets/prove-row.ts'
export { chooseIsolation, type IsolationDemands } from './isolation/choose-isolation.ts'
export { createBubblewrapIsolation, type BubblewrapIsolationOptions } from './isolation/bubblewrap-isolation.ts'
export { digestOfImage } from './isolation/container-image.ts'
export { createContainerIsolation, type ContainerIsolationOptions } from './isolation/container-isolation.ts'
export {
  findControlGroups,
  NO_CONTROL_GROUPS,
  type ControlGroup,
  type ControlGroups,
} from './isolation/control-group.ts'
export { createProcessIsolation, type ProcessIsolationOptions } from './isolation/process-isolation.ts'
export { trainingChildEntry } from './isolation/training-child-entry.ts'
export type { ChildEnd, ChildHandle, Isolation, IsolationNeeds, TrainingChild } from './isolation/isolation.ts'
export { DEFAULT_LIMITS, type Limits } from './isolation/limits.ts'
export {
  runTraining,
  type StagedTraining,
  type TrainingDeps,
  type TrainingOptions,
  type TrainingOutcome,
} from './run-training.ts'
export type { TrainingEvent } from './training-conversation.ts'
