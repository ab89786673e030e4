/** What calls of layers take, where that is more than one argument. @module */

type Signature = readonly [string, ...string[]]

const MASKED: Signature = ['inputs', 'mask']
const SEQUENCES: Signature = ['sequences', 'initial_state', 'mask']
const ATTENTION: Signature = ['inputs', 'mask', 'return_attention_scores', 'use_causal_mask']
const QUERIES: Signature = [
  ...(['query', 'value', 'key', 'query_mask', 'value_mask', 'key_mask'] as const),
  ...(['attention_mask', 'return_attention_scores', 'use_causal_mask'] as const),
]

/**
 * Parameters of Keras's `call`, in its order, by class; `training` is left out. A class that is not here takes `inputs`
 * alone, and a call that gives it more is refused.
 */
const SIGNATURES: ReadonlyMap<string, Signature> = new Map([
  ['AdditiveAttention', ATTENTION],
  ['Attention', ATTENTION],
  ['BatchNormalization', MASKED],
  ['Bidirectional', SEQUENCES],
  ['CategoryEncoding', ['inputs', 'count_weights']],
  ['ConvLSTM1D', SEQUENCES],
  ['ConvLSTM2D', SEQUENCES],
  ['ConvLSTM3D', SEQUENCES],
  ['Functional', MASKED],
  ['GRU', SEQUENCES],
  ['GlobalAveragePooling1D', MASKED],
  ['GroupQueryAttention', QUERIES],
  ['LSTM', SEQUENCES],
  ['MultiHeadAttention', QUERIES],
  ['RNN', SEQUENCES],
  ['ReversibleEmbedding', ['inputs', 'reverse']],
  ['Sequential', MASKED],
  ['SimpleRNN', SEQUENCES],
  ['Softmax', MASKED],
  ['TimeDistributed', MASKED],
  ...[
    ...['Add', 'Divide', 'Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr', 'Matmul'],
    ...['Maximum', 'Minimum', 'Multiply', 'NotEqual', 'Power', 'Subtract', 'TrueDivide'],
  ].map((className): [string, Signature] => [`operation ${className}`, ['x1', 'x2']]),
  ['operation GetItem', ['x', 'key']],
  ['operation OnesLike', ['x', 'dtype']],
  ['operation Where', ['condition', 'x1', 'x2']],
  ['operation ZerosLike', ['x', 'dtype']],
])

/** The parameters of one class. */
export function callSignature(className: string): Signature {
  return SIGNATURES.get(className) ?? ['inputs']
}
