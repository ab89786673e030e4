/** What an AIBoM says where the weights of an earlier epoch were put back. @module */

import { expect, it } from 'vitest'

import { buildAibom } from '../src/build-aibom.ts'
import type { TrainingFacts } from '../src/training-facts.ts'
import type { LooseDocument } from './loose-document.ts'
import { WINE_FACTS } from './wine-facts.ts'

const build = (facts: TrainingFacts): LooseDocument => buildAibom(facts, { specVersion: '1.6' })

it('states the metrics of the epoch whose weights were put back, and which it is', () => {
  const restored = { epoch: 0, values: { loss: 1.1, val_loss: 1.2, accuracy: 0.4, val_accuracy: 0.3 } }
  const { modelCard } = build({ ...WINE_FACTS, model: { ...WINE_FACTS.model, restored } }).metadata.component
  const { performanceMetrics } = modelCard.quantitativeAnalysis
  expect(performanceMetrics).toContainEqual({ type: 'loss', value: '1.1', slice: 'training' })
  expect(performanceMetrics).toContainEqual({ type: 'accuracy', value: '0.3', slice: 'validation' })
  expect(modelCard.properties).toContainEqual({ name: 'aibomgen:model:restored-epoch', value: '0' })
})
