/** How gradients of tfjs kernels are written down here. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'

/** The gradient of an input with respect to the loss. */
type Slope = () => Tensor

/** A kernel of one input: its gradient from what came in, what went out, and what comes back. */
export function ofOne(
  kernelName: string,
  inputName: string,
  slope: (facts: {
    readonly dy: Tensor
    readonly x: Tensor
    readonly y: Tensor
    readonly attrs: NamedAttrMap
  }) => Tensor,
): GradConfig {
  return {
    kernelName,
    inputsToSave: [inputName],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attrs) => ({
      [inputName]: () => slope({ dy: single(dy), x: given(x), y: given(y), attrs }),
    }),
  }
}

/** A kernel of two inputs that stretch to each other: both slopes, before they are added up to the inputs' shapes. */
export function ofTwo(
  kernelName: string,
  slopes: (facts: { readonly dy: Tensor; readonly a: Tensor; readonly b: Tensor }) => readonly [Slope, Slope],
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc(dy, saved) {
      const [a, b] = [given(saved[0]), given(saved[1])]
      const [slopeA, slopeB] = slopes({ dy: single(dy), a, b })
      return { a: () => addedUpTo(a, slopeA()), b: () => addedUpTo(b, slopeB()) }
    },
  }
}

/** A gradient that tfjs gives for one output. */
export function single(gradient: Tensor | Tensor[]): Tensor {
  return Array.isArray(gradient) ? given(gradient[0]) : gradient
}

/** A tensor that tfjs saved. */
export function given(tensor: Tensor | undefined): Tensor {
  if (tensor === undefined) throw new TypeError('gradient: a saved tensor is missing')
  return tensor
}

/** Sums a gradient over the axes along which its input was stretched. */
function addedUpTo(input: Tensor, gradient: Tensor): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(input.shape, gradient.shape)
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, input.shape)
}
