/** Where a `.keras` archive keeps each layer's weights. @module */

/**
 * The HDF5 group of each layer, in order: its class in snake case, with a counter from the second of a class on. Not
 * the layer's name (`keras.src.saving.saving_lib._save_container_state`).
 */
export function weightGroups(classNames: readonly string[]): readonly string[] {
  const used = new Map<string, number>()
  return classNames.map((className) => {
    const base = toSnakeCase(OWN_NAMES.get(className) ?? className)
    const count = used.get(base)
    used.set(base, (count ?? -1) + 1)
    return count === undefined ? base : `${base}_${count + 1}`
  })
}

/** Classes that configs call by another name than Keras's source, which the archive's groups go by. */
const OWN_NAMES: ReadonlyMap<string, string> = new Map([['GroupQueryAttention', 'GroupedQueryAttention']])

/** Keras's own snake case: `Conv2D` is `conv2d`, `PReLU` is `p_re_lu` (`keras.src.utils.naming`). */
export function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
