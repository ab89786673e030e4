/**
 * Writes `docs/keras-coverage.md`: every class of Keras, taken or refused, with the interop case that holds it. Run with
 * `node --conditions=@aibomgen/source`. @module
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { format, resolveConfig } from 'prettier'

import { knownClasses } from '../packages/trainer/src/keras/known-objects.ts'
import { OPERATION_MODULES } from '../packages/trainer/src/keras/layers/operations/operations.ts'
import { namesClass, readKerasCases, type KerasCase } from './keras-cases.ts'

const root = join(import.meta.dirname, '..')

/** The kinds of classes, each with its heading and the module that configs name. */
const KINDS = {
  layers: ['Layers', 'keras.layers'],
  losses: ['Losses', 'keras.losses'],
  metrics: ['Metrics', 'keras.metrics'],
  optimizers: ['Optimizers', 'keras.optimizers'],
  schedules: ['Learning rate schedules', 'keras.optimizers.schedules'],
  constraints: ['Constraints', 'keras.constraints'],
  regularizers: ['Regularizers', 'keras.regularizers'],
  initializers: ['Initializers', 'keras.initializers'],
} as const

type Kind = keyof typeof KINDS

/** Layers that prepare text and sound: no part of the count. */
const ASIDE: ReadonlySet<string> = new Set(['MelSpectrogram', 'STFTSpectrogram', 'StringLookup', 'TextVectorization'])

/** Why a class is refused, where there is more to say than that nobody wrote it. */
const REASONS: Readonly<Record<string, string>> = {
  Equalization: 'Keras 3.15 itself puts it in no model ("part of a cycle")',
  FlaxLayer: 'runs foreign code',
  JaxLayer: 'runs foreign code',
  Lambda: 'runs foreign code',
  MaxNumBoundingBoxes: 'works on bounding boxes, which no data set has here',
  TFSMLayer: 'runs foreign code',
  TorchModuleWrapper: 'runs foreign code',
}

/** One class of Keras. */
export interface CoverageRow {
  readonly kind: Kind
  readonly className: string
  readonly supported: boolean
  /** Left out of the count. */
  readonly aside: boolean
  readonly cases: readonly KerasCase[]
}

/** Every class, in the order of the list. */
export function coverageRows(): readonly CoverageRow[] {
  const cases = readKerasCases(join(root, 'packages/trainer/test/interop'))
  const names = kerasClasses()
  return kinds().flatMap((kind) => {
    const known = knownClasses(KINDS[kind][1])
    return names[kind].map((className) => ({
      kind,
      className,
      supported: known.has(className),
      aside: kind === 'layers' && ASIDE.has(className),
      cases: cases.filter((each) => namesClass(each, kind, className)),
    }))
  })
}

/** The text of `docs/keras-coverage.md`, formatted. */
export async function coverageDocument(): Promise<string> {
  const rows = coverageRows()
  const parts = kinds().map((kind) => section(kind, rows.filter((row) => row.kind === kind))) // prettier-ignore
  const path = join(root, 'docs/keras-coverage.md')
  const text = `# Keras ${kerasClasses().keras}, class by class

Made by \`node --conditions=@aibomgen/source scripts/make-keras-coverage.ts\`; a test fails when it is not current. A model with a class that is not taken here is refused with \`MODEL_UNSUPPORTED\`, which names the class and the layer; so is an option that is not honoured. Each class that is taken is held against real Keras by the cases named beside it (\`packages/trainer/test/interop\`): predictions before training, the history of four epochs, and the predictions of the written file loaded by Keras; cases of \`numbers\` are of single losses, metrics, optimizers and the rest, against numbers of Keras that are committed.

${parts.join('\n\n')}

## Operations of \`keras.ops\`

A graph may call these between its layers, as \`x + y\`, \`2 * x\`, \`x[:, 0]\` and \`keras.ops.mean(x, axis=1)\` do; they are held by the cases \`graph/operations_*\`. None may add up, pick or move rows; every other operation is refused by name.

${operations()}
`
  return format(text, { ...(await resolveConfig(path)), filepath: path })
}

function operations(): string {
  return [...OPERATION_MODULES]
    .map(([module, factories]) => `- \`${module}\`: ${Object.keys(factories).sort().join(', ')}`)
    .join('\n')
}

/** The committed list of Keras's own names. */
export function kerasClasses(): Readonly<Record<Kind, readonly string[]>> & { readonly keras: string } {
  const classes: unknown = JSON.parse(readFileSync(join(root, 'scripts/keras-classes.json'), 'utf8'))
  return classes as Readonly<Record<Kind, readonly string[]>> & { readonly keras: string }
}

function kinds(): readonly Kind[] {
  return Object.keys(KINDS) as Kind[]
}

function section(kind: Kind, rows: readonly CoverageRow[]): string {
  const counted = rows.filter((row) => !row.aside)
  const taken = counted.filter((row) => row.supported)
  const percent = Math.floor((taken.length / counted.length) * 100)
  const aside = counted.length < rows.length ? ', preprocessing of text and sound aside' : ''
  const lines = rows.map((row) => `| \`${row.className}\` | ${verdict(row)} |`)
  return `## ${KINDS[kind][0]}: ${taken.length} of ${counted.length} (${percent} %)${aside}

| Class | |
| --- | --- |
${lines.join('\n')}`
}

function verdict({ className, supported, aside, cases }: CoverageRow): string {
  if (!supported) {
    const reason = REASONS[className] ?? (aside ? 'text or sound' : undefined)
    return reason === undefined ? 'refused' : `refused: ${reason}`
  }
  const shown = cases.slice(0, 2).map(({ file, name }) => `\`${file.replace(/^keras_(cases_)?/, '')}/${name}\``)
  return `taken: ${shown.join(', ')}`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(root, 'docs/keras-coverage.md'), await coverageDocument())
}
