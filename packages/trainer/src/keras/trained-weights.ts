/** Which of a model's weights an optimizer changes, in Keras's order. @module */

import type { ModelGraph, ModelWeight } from './model.ts'

/** A weight that is trained. */
export interface TrainedWeight {
  readonly weight: ModelWeight
  /** Keras's path of it: `dense_1/kernel`, in a Sequential model `sequential/dense_1/kernel`. */
  readonly name: string
}

/** The weights that are trained, layer by layer. */
export function trainedWeights(model: Pick<ModelGraph, 'name' | 'family' | 'layers'>): readonly TrainedWeight[] {
  const prefix = model.family === 'Sequential' ? `${model.name}/` : ''
  return model.layers.flatMap((layer) =>
    layer.weights
      .filter(({ spec }) => spec.trainable)
      .map((weight) => ({ weight, name: `${prefix}${layer.name}/${weight.spec.name}` })),
  )
}
