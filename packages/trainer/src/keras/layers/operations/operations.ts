/** Every operation of `keras.ops` that a model's graph may call, by the module that Keras 3 writes for it. @module */

import type { LayerFactory } from '../../layer.ts'
import { ACTIVATION_OPERATIONS, ARITHMETIC, MORE_ARITHMETIC } from './arithmetic.ts'
import { ARRANGEMENT } from './arrangement.ts'
import { LOGIC } from './logic.ts'
import type { OperationFactories } from './operation.ts'
import { MORE_REDUCTIONS, REDUCTIONS } from './reductions.ts'

/** Operations by module and class. No two modules have a class of the same name. */
export const OPERATION_MODULES: ReadonlyMap<string, OperationFactories> = new Map([
  ['keras.src.ops.core', MORE_ARITHMETIC.core],
  ['keras.src.ops.math', { ...MORE_ARITHMETIC.math, ...MORE_REDUCTIONS }],
  ['keras.src.ops.nn', ACTIVATION_OPERATIONS],
  ['keras.src.ops.numpy', { ...ARITHMETIC, ...ARRANGEMENT, ...LOGIC, ...REDUCTIONS }],
])

/** How each is made, by its name here. */
export const OPERATION_FACTORIES: ReadonlyMap<string, LayerFactory> = new Map(
  [...OPERATION_MODULES.values()].flatMap((factories) =>
    Object.entries(factories).map(([className, factory]) => [operationName(className), factory] as const),
  ),
)

/** How an operation's class is named here, apart from layers of the same name. */
export function operationName(className: string): string {
  return `operation ${className}`
}
