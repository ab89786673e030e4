/** Which layers hand the mask of their input on. @module */

const PASSING: ReadonlySet<string> = new Set([
  ...['Activation', 'ActivityRegularization', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'ELU'],
  ...['GaussianDropout', 'GaussianNoise', 'GroupNormalization', 'GroupQueryAttention', 'Identity'],
  ...['LayerNormalization', 'LeakyReLU', 'MultiHeadAttention', 'Normalization', 'PReLU', 'ReLU', 'Rescaling'],
  ...['Softmax', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'TimeDistributed', 'UnitNormalization'],
])

/**
 * Whether layers of a class give their first input's mask along with their output, where they say nothing else
 * themselves: those for which Keras sets `supports_masking`. After any other the mask is gone.
 */
export function passesMask(className: string): boolean {
  return PASSING.has(className)
}
