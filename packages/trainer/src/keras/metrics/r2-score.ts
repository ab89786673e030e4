/** R²: the share of the variance that is explained. @module */

import type { MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'
import { weightAt } from './threshold-counts.ts'

interface OutputSums {
  count: number
  sum: number
  squares: number
  residual: number
}

/** `keras.metrics.R2Score`, averaged over outputs, and adjusted for `num_regressors` where that is given. */
export const r2Score: MetricFactory = (config) => {
  if (config.isNull('class_aggregation')) {
    throw modelUnsupported('option', 'class_aggregation=None', config.where, 'a history has one number per metric')
  }
  const aggregation = config.oneOf('class_aggregation', ['uniform_average', 'variance_weighted_average'])
  const regressors = config.integer('num_regressors', 0)
  return () => {
    const outputs: OutputSums[] = []
    let numbers = 0
    return {
      update(batch) {
        numbers += batch.target.length
        batch.prediction.forEach((value, index) => {
          const own = (outputs[index % batch.classes] ??= { count: 0, sum: 0, squares: 0, residual: 0 })
          const [truth, weight] = [batch.target[index] ?? 0, weightAt(batch, index)]
          own.count += weight
          own.sum += truth * weight
          own.squares += truth * truth * weight
          own.residual += (truth - value) ** 2 * weight
        })
      },
      result() {
        const scores = outputs.map(({ count, sum, squares, residual }) => {
          const total = squares - sum * (sum / count)
          const score = 1 - residual / total
          return { total, score: Number.isFinite(score) || Number.isNaN(score) ? score : 0 }
        })
        const whole = scores.reduce((sum, { total }) => sum + total, 0)
        const mean = scores.reduce(
          (sum, { total, score }) =>
            sum + score * (aggregation === 'uniform_average' ? 1 / scores.length : total / whole),
          0,
        )
        const adjusts = regressors !== 0 && regressors < numbers - 1
        return adjusts ? 1 - ((1 - mean) * (numbers - 1)) / (numbers - regressors - 1) : mean
      },
    }
  }
}
