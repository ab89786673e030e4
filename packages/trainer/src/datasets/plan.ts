/** Which fields of a data set go to which input of a model, and which are the targets of its outputs. @module */

import { TrainingError } from '@aibomgen/core'

import type { LabelsDefinition, TableDefinition, TfrecordDefinition } from '../dataset-definition.ts'
import type { OpenShape } from '../documents/model-summary.ts'
import type { LabelKind } from '../documents/preprocessing.ts'

/** An input of the model. The shape is without the row axis. */
export interface ModelInputPort {
  readonly name: string
  readonly shape: OpenShape
}

/** An output of the model, and what its loss takes as a target. The shape is without the row axis. */
export interface ModelOutputPort extends ModelInputPort {
  readonly labelKind: LabelKind
}

/** What a data set is prepared for: the model's inputs and outputs, in its own order. */
export interface ModelPorts {
  readonly inputs: readonly ModelInputPort[]
  readonly outputs: readonly ModelOutputPort[]
}

/** One input: the fields that it is made of, side by side, and its shape as the definition says. */
export interface InputPlan {
  readonly port: ModelInputPort
  readonly fields: readonly string[]
  readonly shape: readonly number[]
}

/** One output: the field that is its label, and its shape as the definition says. */
export interface OutputPlan {
  readonly port: ModelOutputPort
  readonly field: string
  readonly shape: readonly number[]
}

/** In the model's order. */
export interface DatasetPlan {
  readonly inputs: readonly InputPlan[]
  readonly outputs: readonly OutputPlan[]
}

/**
 * What a table gives to a model.
 *
 * @throws TrainingError `SHAPE_MISMATCH` where the definition has other inputs or outputs than the model
 */
export function planTable(definition: TableDefinition, ports: ModelPorts): DatasetPlan {
  const { columns, inputs, inputShape } = definition
  const labels = new Set(labelsOf(definition).map(({ label }) => label))
  const features = columns.map(({ name }) => name).filter((name) => !labels.has(name))
  const described = inputs ?? [{ columns: features, shape: inputShape ?? [] }]
  return {
    inputs: match('inputs', described, ports.inputs).map(([part, port]) => ({
      port,
      fields: part.columns,
      shape: part.shape,
    })),
    outputs: planOutputs(definition, (label) => label, ports),
  }
}

/**
 * What examples give to a model: all features to its one input, or one feature to each input, by name where the names
 * are the model's, else in order.
 *
 * @throws TrainingError `SHAPE_MISMATCH` where the definition has other inputs or outputs than the model
 */
export function planExamples(definition: TfrecordDefinition, ports: ModelPorts): DatasetPlan {
  const outputs = planOutputs(definition, (label) => label.name, ports)
  const { features, flattenFeatures, inputShape = [], inputShapes } = definition
  const names = features.map(({ name }) => name)
  if (flattenFeatures) {
    const parts = match<FeaturePart, ModelInputPort>('inputs', [{ fields: names, shape: inputShape }], ports.inputs)
    return { outputs, inputs: parts.map(([{ fields, shape }, port]) => ({ port, fields, shape })) }
  }
  const shapes = inputShapes ?? [{ shape: inputShape }]
  const isByName = sameNames(
    names,
    ports.inputs.map(({ name }) => name),
  )
  const parts = features.map(({ name }, index) => {
    // Shapes have the names of the inputs or those of the features; a list has the order of the features.
    const input = isByName ? name : (ports.inputs[index]?.name ?? name)
    const described = shapes.find((each) => each.name === name || each.name === input) ?? shapes[index]
    return { ...(isByName ? { name } : {}), fields: [name], shape: described?.shape ?? [] }
  })
  const inputs = match('inputs', parts, ports.inputs)
  return { outputs, inputs: inputs.map(([{ fields, shape }, port]) => ({ port, fields, shape })) }
}

interface FeaturePart {
  readonly name?: string
  readonly fields: readonly string[]
  readonly shape: readonly number[]
}

/** The labels of a definition, one for each output. */
export function labelsOf<Label>({ label, outputShape, outputs }: LabelsDefinition<Label>): readonly {
  readonly name?: string
  readonly label: Label
  readonly shape: readonly number[]
}[] {
  if (outputs !== undefined) return outputs
  return label === undefined ? [] : [{ label, shape: outputShape ?? [] }]
}

function planOutputs<Label>(
  definition: LabelsDefinition<Label>,
  fieldOf: (label: Label) => string,
  ports: ModelPorts,
): readonly OutputPlan[] {
  return match('outputs', labelsOf(definition), ports.outputs).map(([{ label, shape }, port]) => ({
    port,
    field: fieldOf(label),
    shape,
  }))
}

/** Parts of a definition with the inputs or outputs that they are for, in the model's order. */
function match<Part extends { readonly name?: string }, Port extends ModelInputPort>(
  kind: 'inputs' | 'outputs',
  parts: readonly Part[],
  ports: readonly Port[],
): readonly (readonly [Part, Port])[] {
  const names = parts.flatMap(({ name }) => name ?? [])
  const isNamed = names.length === parts.length
  const modelNames = ports.map(({ name }) => name)
  if (parts.length !== ports.length || (isNamed && !sameNames(names, modelNames))) {
    const what = `${kind} of the model`
    const expected = describe(modelNames)
    const got = isNamed && names.length > 0 ? describe(names) : String(parts.length)
    throw new TrainingError('SHAPE_MISMATCH', `${what}: expected ${expected}, got ${got} in the definition`, {
      what,
      expected,
      got,
    })
  }
  return ports.flatMap((port, index) => {
    const part = isNamed ? parts.find(({ name }) => name === port.name) : parts[index]
    return part === undefined ? [] : [[part, port] as const]
  })
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set(a).size === a.length && a.every((name) => b.includes(name))
}

function describe(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name))
  return `${names.length} (${shown.join(', ')}${names.length > shown.length ? ' …' : ''})`
}
