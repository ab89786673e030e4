/** Which backend `auto` is, for a model on this machine. @module */

import { isInstalled } from './optional-package.ts'
import type { BackendName } from './training-backend.ts'

/** A choice, and why. */
export interface BackendChoice {
  readonly name: BackendName
  readonly reason: string
}

const CONVOLUTIONS = /^(Depthwise|Separable)?Conv(LSTM)?[123]D(Transpose)?$/

/**
 * The backend for a model of these layers. `wasm` unless another is much faster: it needs nothing installed and repeats
 * bit for bit. Never one that needs a graphics card: a card is handed to a confined training only when it is asked for.
 *
 * @param layerClasses - Keras's class names
 * @param installed - whether a package is there
 */
export function chooseBackend(
  layerClasses: readonly string[],
  installed: (packageName: string) => boolean = isInstalled,
): BackendChoice {
  const convolution = layerClasses.find((className) => CONVOLUTIONS.test(className))
  if (convolution === undefined) {
    return { name: 'wasm', reason: 'auto: no layer that another engine is much faster at, and it repeats bit for bit' }
  }
  if (!installed('@tensorflow/tfjs-node')) {
    return { name: 'wasm', reason: `auto: ${convolution} is faster on tfjs-node, which is not installed` }
  }
  return { name: 'node', reason: `auto: ${convolution} is faster on tfjs-node, which is installed` }
}
