/** EinsumDense: a dense layer over axes named in an equation. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import { readActivation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { einsum } from '../einsum.ts'
import { firstOf, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { onlyInput } from '../shapes.ts'
import { learnedWeight } from './learned-weight.ts'

/** `keras.layers.EinsumDense`, with or without an ellipsis in its equation. */
export const einsumDense: LayerFactory = (config, inputs, trainable) => {
  const shape = onlyInput(inputs, config)
  const equation = readEquation(config, shape)
  const { input, weight, output, sizes } = equation
  const activation = readActivation(config)
  const biasAxes = config.value('bias_axes') === undefined ? '' : config.text('bias_axes')
  const outputShape = [...output].slice(1).map((axis) => sizeAt(sizes, axis, config))
  const bias = biasShape(equation, biasAxes, config)

  return {
    weights: [
      learnedWeight(config, {
        name: 'kernel',
        shape: [...weight].map((axis) => sizeAt(sizes, axis, config)),
        trainable,
      }),
      ...(bias === undefined
        ? (config.ignore('bias_regularizer', 'bias_constraint'), [])
        : [learnedWeight(config, { name: 'bias', shape: bias, trainable })]),
    ],
    outputShape: (shapes) => {
      if (onlyInput(shapes, config, shape.length).join() !== shape.join()) {
        throw modelInvalid(`${config.where}: expected inputs [${shape.join()}] only`)
      }
      return outputShape
    },
    call(tensors, [kernel, offset], pass) {
      const product = einsum(
        { tensor: firstOf(tensors), axes: input },
        { tensor: firstOf([kernel]), axes: weight },
        output,
      )
      return activation(offset === undefined ? product : tf.add(product, offset), pass)
    },
  }
}

/** One letter per axis, those of an ellipsis made up; row axis first. */
interface Equation {
  readonly input: string
  readonly weight: string
  readonly output: string
  readonly sizes: ReadonlyMap<string, number>
}

const PATTERN = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?$/

function readEquation(config: ConfigReader, shape: Shape): Equation {
  const text = config.text('equation')
  const [, left, given, right, weight = '', outLeft, out = '', outRight] = PATTERN.exec(text.replaceAll(' ', '')) ?? []
  if (given === undefined || left !== outLeft || right !== outRight || (left !== undefined && right !== undefined)) {
    throw modelInvalid(`${config.where}: expected an equation as "ab,bc->ac", got ${text}`)
  }
  const hidden = shape.length + 1 - given.length
  if (hidden < 0 || (hidden > 0 && left === undefined && right === undefined)) {
    throw modelInvalid(`${config.where}: the equation ${text} is not of ${shape.length + 1} axes`)
  }
  // digits cannot be letters of the equation
  const dots = Array.from({ length: hidden }, (_, index) => `${index}`).join('')
  const around = (axes: string): string => (left === undefined ? axes + dots : dots + axes)
  const [input, output] = [around(given), around(out)]
  for (const axes of [input, weight, output]) {
    if (new Set(axes).size !== axes.length) throw modelInvalid(`${config.where}: an axis stands twice in ${text}`)
  }
  if (input[0] !== output[0] || weight.includes(input[0] ?? '')) {
    throw modelInvalid(`${config.where}: the equation ${text} does not keep the rows`)
  }
  const sizes = new Map([...input].slice(1).map((axis, index) => [axis, shape[index] ?? 1]))
  const asked: JsonValue = config.value('output_shape') ?? null
  const list: readonly JsonValue[] = Array.isArray(asked) ? (asked as readonly JsonValue[]) : [asked]
  const named = [...output].slice(1).filter((axis) => !(left !== undefined && dots.includes(axis)))
  list.forEach((size, index) => {
    const axis = named[index]
    if (size === null || axis === undefined) return
    if (typeof size !== 'number' || (sizes.has(axis) && sizes.get(axis) !== size)) {
      throw modelInvalid(`${config.where}: output_shape does not fit ${text}`)
    }
    sizes.set(axis, size)
  })
  return { input, weight, output, sizes }
}

/** From the first axis that has a bias to the last. */
function biasShape({ output, sizes }: Equation, axes: string, config: ConfigReader): Shape | undefined {
  if (axes === '') return undefined
  const places = [...axes].map((axis) => output.indexOf(axis))
  if (places.includes(-1)) throw modelInvalid(`${config.where}: bias_axes ${axes} are not all axes of the output`)
  return [...output].slice(Math.min(...places)).map((axis) => (axes.includes(axis) ? sizeAt(sizes, axis, config) : 1))
}

function sizeAt(sizes: ReadonlyMap<string, number>, axis: string, config: ConfigReader): number {
  const size = sizes.get(axis)
  if (size === undefined) throw modelInvalid(`${config.where}: the size of axis ${axis} is not known`)
  return size
}
