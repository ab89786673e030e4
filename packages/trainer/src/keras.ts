/** Keras models from TypeScript. Loads TensorFlow.js's core and HDF5, so it is an entry of its own. @module */

export {
  createKerasModel,
  type ActivationName,
  type LayerDescription,
  type LossName,
  type ModelDescription,
  type OptimizerDescription,
} from './keras/create-model.ts'
