import { ParseError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { numberClassWeights, weighRows } from '../src/class-weights.ts'
import { errorOf } from './error-of.ts'

describe('class weights', () => {
  it.each([
    ['numbers of the data, not of classes', { '8': 4, '3': 2 }, [3, 5, 8], [2, 1, 4]],
    ['words', { good: 0.5 }, ['bad', 'good'], [1, 0.5]],
  ])('are named by %s', (_, weights, classes, expected) => {
    expect(numberClassWeights(weights, classes)).toEqual(expected)
  })

  it.each([
    ['a class that the data do not have', { '2': 4 }, [3, 5], 'class_weight.2'],
    ['a label without classes', { '2': 4 }, undefined, 'class_weight'],
  ])('are refused for %s', (_, weights, classes, path) => {
    const error = errorOf(ParseError, () => numberClassWeights(weights, classes))
    expect(error.code).toBe('PARAMETER_INVALID')
    expect(error.detail).toMatchObject({ problems: [{ path }] })
  })

  it('weigh rows by class numbers, and by where the largest target stands', () => {
    const weights = [1, 5, 0.5]
    expect(weighRows(Float32Array.of(0, 2, 1), 3, weights)).toEqual(Float32Array.of(1, 0.5, 5))
    expect(weighRows(Float32Array.of(0, 0, 1, 0, 1, 0), 2, weights)).toEqual(Float32Array.of(0.5, 5))
    expect(weighRows(Float32Array.of(0, 1), 2, undefined)).toBeUndefined()
  })
})
