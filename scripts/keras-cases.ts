/** Which cases of the interop tests name which Keras classes: found in their text, without Python. @module */

import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A model that real Keras makes and trains beside ours. */
export interface KerasCase {
  /** The file of cases, without its ending. */
  readonly file: string
  readonly name: string
  /** Its own text and that of the helpers it calls. */
  readonly text: string
}

/** Names that Keras takes for a class beside the class's own in snake case, by kind. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  losses: {
    MeanSquaredError: ['mse', 'MSE'],
    MeanAbsoluteError: ['mae', 'MAE'],
    MeanAbsolutePercentageError: ['mape'],
    MeanSquaredLogarithmicError: ['msle'],
    BinaryCrossentropy: ['bce'],
    KLDivergence: ['kld', 'kl_divergence'],
    LogCosh: ['logcosh', 'log_cosh'],
  },
  metrics: {
    MeanSquaredError: ['mse', 'MSE'],
    MeanAbsoluteError: ['mae', 'MAE'],
    MeanAbsolutePercentageError: ['mape'],
    MeanSquaredLogarithmicError: ['msle'],
    AUC: ['auc'],
    BinaryAccuracy: ['accuracy', 'acc'],
  },
  regularizers: { L1: ['l1'], L2: ['l2'], L1L2: ['l1_l2'] },
  layers: { InputLayer: [] },
}

/** How a kind's module is called in the files of cases. */
const MODULES: Readonly<Record<string, string>> = { layers: '(?:L|layers)', schedules: 'schedules?' }

/** Every case, in the order of file and line. */
export function readKerasCases(directory: string): readonly KerasCase[] {
  return globSync('keras_*.py', { cwd: directory })
    .sort()
    .flatMap((path) => casesIn(readFileSync(join(directory, path), 'utf8'), basename(path, '.py')))
}

/** Whether a case has an object of a class: by the class's name behind its module, or by a name given as text. */
export function namesClass({ text }: KerasCase, kind: string, className: string): boolean {
  if (className === 'InputLayer') return text.includes('keras.Input(') || text.includes('sequential(')
  const module = MODULES[kind] ?? kind
  if (new RegExp(`\\b${module}\\.${className}\\b`).test(text)) return true
  if (kind === 'layers') return false
  const names = [className, snakeCase(className), ...(ALIASES[kind]?.[className] ?? [])]
  return names.some((name) => text.includes(`"${name}"`) || (kind === 'initializers' && wordIn(text, name)))
}

/** Whether a word stands in a list of words: `"""zeros ones"""`. */
function wordIn(text: string, word: string): boolean {
  return [...text.matchAll(/"""([\s\S]*?)"""\n/g)].some(([, words = '']) => words.split(/\s+/).includes(word))
}

function casesIn(text: string, file: string): readonly KerasCase[] {
  const blocks = text.split(/^(?=@case\(|def )/m).reduce((parts: string[], part) => {
    const last = parts.at(-1)
    // a decorator belongs to the function after it
    return last !== undefined && /^@case\(.*\)\s*$/.test(last) ? [...parts.slice(0, -1), last + part] : [...parts, part]
  }, [])
  const functions = blocks.flatMap((block) => {
    const name = /^(?:@case\(.*\)\n)?def (\w+)\(/.exec(block)?.[1]
    // the numbers that are committed have no models: each of its functions is a case
    const isCase = block.startsWith('@case') || file === 'keras_numbers'
    return name === undefined ? [] : [{ name, block, isCase }]
  })
  const reach = (start: string): string => {
    const seen = new Set([start])
    for (const name of seen) {
      const body = functions.find((each) => each.name === name)?.block ?? ''
      for (const other of functions) if (!other.isCase && body.includes(`${other.name}(`)) seen.add(other.name)
    }
    return functions.flatMap((each) => (seen.has(each.name) ? [each.block] : [])).join('\n')
  }
  return functions.flatMap(({ name, isCase }) => (isCase ? [{ file, name, text: reach(name) }] : []))
}

function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
