/** Resizing as Keras does: bilinear, half-pixel centres, no antialiasing, in float32. @module */

/** Height and width in pixels. */
export interface ImageSize {
  readonly height: number
  readonly width: number
}

/**
 * The image in another size, pixel by pixel and channel by channel as before. Every product and sum is rounded to
 * float32 in TensorFlow's order (`tf.image.resize`, method bilinear, antialias off), so that the numbers are the same.
 */
export function resizeBilinear(
  pixels: Uint8Array,
  { height, width, channels }: ImageSize & { readonly channels: number },
  to: ImageSize,
): Float32Array {
  const rows = interpolate(height, to.height)
  const columns = interpolate(width, to.width)
  const resized = new Float32Array(to.height * to.width * channels)
  let at = 0
  for (let y = 0; y < to.height; y++) {
    const upper = (rows.lower[y] ?? 0) * width * channels
    const lower = (rows.upper[y] ?? 0) * width * channels
    const down = rows.part[y] ?? 0
    for (let x = 0; x < to.width; x++) {
      const left = (columns.lower[x] ?? 0) * channels
      const right = (columns.upper[x] ?? 0) * channels
      const across = columns.part[x] ?? 0
      for (let channel = 0; channel < channels; channel++) {
        const topLeft = pixels[upper + left + channel] ?? 0
        const bottomLeft = pixels[lower + left + channel] ?? 0
        const top = lerp(topLeft, pixels[upper + right + channel] ?? 0, across)
        const bottom = lerp(bottomLeft, pixels[lower + right + channel] ?? 0, across)
        resized[at++] = lerp(top, bottom, down)
      }
    }
  }
  return resized
}

/** Of each place in the result: its two neighbours in the source, and how far it lies from the first to the second. */
interface Interpolation {
  readonly lower: Uint32Array
  readonly upper: Uint32Array
  readonly part: Float32Array
}

function interpolate(from: number, to: number): Interpolation {
  const scale = Math.fround(from / to)
  const [lower, upper, part] = [new Uint32Array(to), new Uint32Array(to), new Float32Array(to)]
  for (let index = 0; index < to; index++) {
    const place = Math.fround(Math.fround(Math.fround(index + 0.5) * scale) - 0.5)
    const whole = Math.floor(place)
    lower[index] = Math.max(whole, 0)
    upper[index] = Math.min(Math.ceil(place), from - 1)
    part[index] = Math.fround(place - whole)
  }
  return { lower, upper, part }
}

function lerp(from: number, to: number, part: number): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * part))
}
