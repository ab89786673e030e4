/** The allow-list: every class a `.keras` config may name, checked before a weight is read. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'

import { isJsonObject, textOf } from './config-reader.ts'
import { CONSTRAINT_CLASSES } from './constraints.ts'
import { LAYER_FACTORIES } from './layers/layer-factories.ts'
import { OPERATION_MODULES } from './layers/operations/operations.ts'
import { CELL_CLASSES } from './layers/recurrent/serialized-cell.ts'
import { LOSS_CLASSES } from './losses.ts'
import { METRIC_CLASSES } from './metrics.ts'
import { modelUnsupported } from './model-errors.ts'
import { SCHEDULE_CLASSES } from './optimizers/schedules.ts'
import { OPTIMIZER_CLASSES } from './optimizers.ts'
import { REGULARIZER_CLASSES } from './regularizers.ts'

const INITIALIZERS = [
  ...['Zeros', 'Ones', 'Constant', 'Identity', 'Orthogonal', 'VarianceScaling', 'STFT'],
  ...['RandomNormal', 'RandomUniform', 'TruncatedNormal'],
  ...['GlorotUniform', 'GlorotNormal', 'HeUniform', 'HeNormal', 'LecunUniform', 'LecunNormal'],
]

/** Classes by the module that Keras 3 writes for them, each with what such a thing is called. */
const KNOWN: ReadonlyMap<string, { readonly kind: string; readonly classes: ReadonlySet<string> }> = new Map([
  ['keras', known('object', ['Sequential', 'Functional', 'DTypePolicy'])],
  ['keras.models', known('model', ['Sequential', 'Functional'])],
  ['keras.src.models.functional', known('model', ['Functional'])],
  ['keras.src.models.sequential', known('model', ['Sequential'])],
  ['keras.layers', known('layer', ['InputLayer', ...LAYER_FACTORIES.keys(), ...CELL_CLASSES])],
  ['keras.src.applications.convnext', known('layer', ['LayerScale'])],
  ...[...OPERATION_MODULES].map(([module, factories]) => [module, known('operation', Object.keys(factories))] as const),
  ['keras.initializers', known('initializer', INITIALIZERS)],
  ['keras.regularizers', known('regularizer', REGULARIZER_CLASSES)],
  ['keras.constraints', known('constraint', CONSTRAINT_CLASSES)],
  ['keras.optimizers', known('optimizer', OPTIMIZER_CLASSES)],
  ['keras.optimizers.schedules', known('learning rate schedule', SCHEDULE_CLASSES)],
  ['keras.losses', known('loss', LOSS_CLASSES)],
  ['keras.metrics', known('metric', METRIC_CLASSES)],
  ['builtins', known('function', ['function'])],
])

/** What calls may be given beside objects: tensors of the graph, and parts of an index. */
const PLAIN_VALUES: ReadonlySet<string> = new Set(['__keras_tensor__', '__slice__', '__ellipsis__'])

/** The classes of one of Keras's modules that a config may name. */
export function knownClasses(module: string): ReadonlySet<string> {
  return KNOWN.get(module)?.classes ?? new Set()
}

/**
 * Refuses every class that is not on the list: Lambda layers, custom objects, anything from a module that is not
 * Keras's own. What passes cannot make a reader run foreign code.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED`, naming the class and the layer it stands in
 */
export function assertKnownObjects(config: JsonValue, where: string): void {
  if (Array.isArray(config)) {
    for (const entry of config as readonly JsonValue[]) assertKnownObjects(entry, where)
    return
  }
  if (!isJsonObject(config)) return
  if (typeof config.class_name === 'string') assertKnownObject(config, config.class_name, where)
  const inside = placeOf(config) ?? where
  for (const value of Object.values(config)) assertKnownObjects(value, inside)
}

function assertKnownObject(object: JsonObject, className: string, where: string): void {
  if (PLAIN_VALUES.has(className)) return
  const place = placeOf(object) ?? where
  const module = typeof object.module === 'string' ? object.module : ''
  const list = KNOWN.get(module)
  if (list === undefined) throw modelUnsupported('custom object', className, place)
  if (!list.classes.has(className)) throw modelUnsupported(list.kind, className, place)
  const registered = object.registered_name ?? className
  if (registered !== className) throw modelUnsupported('custom object', textOf(registered), place)
}

/** How messages name the layer that an object is; undefined for what is no layer. */
function placeOf(object: JsonObject): string | undefined {
  const name = isJsonObject(object.config) ? object.config.name : undefined
  if (object.module !== 'keras.layers' && object.class_name !== 'Lambda') return undefined
  return typeof name === 'string' ? `layer "${name}" (${textOf(object.class_name)})` : undefined
}

function known(
  kind: string,
  classes: Iterable<string>,
): { readonly kind: string; readonly classes: ReadonlySet<string> } {
  return { kind, classes: new Set(classes) }
}
