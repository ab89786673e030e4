import { describe, expect, it } from 'vitest'

import { inKerasOrder, type OrderedCall } from '../../src/keras/call-order.ts'

const call = (name: string, inputs: readonly string[], layer: object = {}): OrderedCall => {
  return { layer, inputs, tensors: {}, options: {}, outputs: [name] }
}
const names = (calls: readonly OrderedCall[]): readonly string[] => calls.flatMap(({ outputs }) => outputs)

describe('inKerasOrder', () => {
  // What Keras 3.15 ran, as `Functional._nodes_by_depth` says.
  it('runs the last of two branches first', () => {
    const calls = [
      call('a', ['in']),
      call('b', ['in']),
      call('a2', ['a']),
      call('b2', ['b']),
      call('sum', ['a2', 'b2']),
    ]
    expect(names(inKerasOrder(calls, ['sum']))).toEqual(['b', 'a', 'a2', 'b2', 'sum'])
  })

  it('runs what is further from an output first, and a shared layer as early as its earliest call', () => {
    const shared = {}
    const calls = [call('far', ['in']), call('once', ['far'], shared), call('again', ['in'], shared)]
    expect(names(inKerasOrder([...calls, call('sum', ['once', 'again'])], ['sum']))).toEqual([
      'far',
      'once',
      'again',
      'sum',
    ])
  })

  it('counts the tensors of every argument, and leaves out what no output needs', () => {
    const query = { ...call('query', ['in']), tensors: { value: ['values'] } }
    const calls = [call('values', ['in']), call('unused', ['in']), query]
    expect(names(inKerasOrder(calls, ['query']))).toEqual(['values', 'query'])
  })

  it('orders a graph that is deeper than any stack', () => {
    const deep = Array.from({ length: 100_000 }, (_, index) => call(`${index + 1}`, [`${index}`]))
    expect(names(inKerasOrder(deep, ['100000']))).toEqual(names(deep))
  })
})
