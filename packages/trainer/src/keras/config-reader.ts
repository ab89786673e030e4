/** Reads a Keras `config` object member by member, and refuses what nobody read. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'

import { readConstraint, type Constraint } from './constraints.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'
import { readRegularizer, type Regularizer } from './regularizers.ts'

/** A serialized Keras object inside a config, ready to be read. */
export interface NamedConfig {
  readonly className: string
  readonly config: ConfigReader
}

/**
 * One `config` object being read. Every member has to be read, or be null or false, when `finish` is called: so that an
 * option that Keras would honour is never passed over in silence.
 */
export class ConfigReader {
  /** Whose config it is, for messages: `layer "dense" (Dense)`. */
  readonly where: string
  readonly #config: JsonObject
  readonly #seen = new Set<string>()

  constructor(config: JsonObject, where: string) {
    this.#config = config
    this.where = where
  }

  /** The member, or undefined where it is absent or null. */
  value(name: string): Exclude<JsonValue, null> | undefined {
    this.#seen.add(name)
    return (Object.hasOwn(this.#config, name) ? this.#config[name] : undefined) ?? undefined
  }

  /** Whether the member is there and null, which is not the same where Keras's default is something. */
  isNull(name: string): boolean {
    this.#seen.add(name)
    return Object.hasOwn(this.#config, name) && this.#config[name] === null
  }

  number(name: string, fallback?: number): number {
    const value = this.value(name) ?? fallback
    if (typeof value !== 'number') throw this.#wrong(name, 'a number', value)
    return value
  }

  integer(name: string, fallback?: number): number {
    const value = this.number(name, fallback)
    if (!Number.isSafeInteger(value)) throw this.#wrong(name, 'an integer', value)
    return value
  }

  positiveInteger(name: string): number {
    const value = this.integer(name)
    if (value < 1) throw this.#wrong(name, 'an integer of at least 1', value)
    return value
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.value(name) ?? fallback
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false', value)
    return value
  }

  text(name: string, fallback?: string): string {
    const value = this.value(name) ?? fallback
    if (typeof value !== 'string') throw this.#wrong(name, 'a text', value)
    return value
  }

  /** One of the values given; another is refused by name. */
  oneOf<Value extends string>(name: string, allowed: readonly [Value, ...Value[]]): Value {
    const text = this.text(name, allowed[0])
    const found = allowed.find((value) => value === text)
    if (found === undefined) throw modelUnsupported('option', `${name}=${text}`, this.where)
    return found
  }

  /** `length` positive integers: a list of that length, or one number for all. */
  sizes(name: string, length: number, fallback?: number): readonly number[] {
    const value = this.value(name) ?? fallback
    const list: readonly JsonValue[] = Array.isArray(value) ? value : Array.from({ length }, () => value ?? null)
    if (list.length !== length) throw this.#wrong(name, `${length} positive integers`, value)
    return list.map((size) => {
      if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1) {
        throw this.#wrong(name, `${length} positive integers`, value)
      }
      return size
    })
  }

  /** A list of integers, or undefined where there is none. One integer is a list of one. */
  integers(name: string): readonly number[] | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    const list: readonly JsonValue[] = Array.isArray(value) ? value : [value]
    return list.map((entry) => {
      if (typeof entry !== 'number' || !Number.isSafeInteger(entry)) throw this.#wrong(name, 'integers', value)
      return entry
    })
  }

  /** A serialized object (`class_name` and `config`); undefined where the member is null. */
  object(name: string, kind: string): NamedConfig | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    if (!isJsonObject(value) || typeof value.class_name !== 'string') {
      throw modelUnsupported(kind, typeof value === 'string' ? value : name, this.where)
    }
    if (!isJsonObject(value.config)) throw this.#wrong(name, `a ${kind} with a config`, value)
    return { className: value.class_name, config: new ConfigReader(value.config, `${this.where}, ${name}`) }
  }

  /** A penalty; none where the member is null. */
  regularizer(name: string): Regularizer | undefined {
    const named = this.object(name, 'regularizer')
    return named === undefined ? undefined : readRegularizer(named)
  }

  /** What a weight is held to; nothing where the member is null. */
  constraint(name: string): Constraint | undefined {
    const named = this.object(name, 'constraint')
    return named === undefined ? undefined : readConstraint(named)
  }

  /** Members that say nothing about the arithmetic here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#seen.add(name)
  }

  /** @throws TrainingError `MODEL_UNSUPPORTED` for the first member that is set and that nobody read */
  finish(): void {
    for (const [name, value] of Object.entries(this.#config)) {
      const settled = this.#seen.has(name) || name.endsWith('_initializer') // the weights come from the archive
      if (!settled && value !== null && value !== false) {
        throw modelUnsupported('option', name, this.where)
      }
    }
  }

  #wrong(name: string, expected: string, got: JsonValue | undefined): Error {
    const shown = got === undefined ? 'nothing' : (JSON.stringify(got) ?? 'nothing').slice(0, 80)
    return modelInvalid(`${this.where}: expected ${expected} as ${name}, got ${shown}`)
  }
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value that should be a name, for messages: itself where it is a text. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing').slice(0, 80)
}
