/** BMP images: uncompressed, with or without a palette, as Windows has written them since 3.0. @module */

/** An image of four channels: red, green, blue, alpha; row by row from the top. */
export interface DecodedBmp {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

/** Width and height, and where the rest of the image lies; nothing read yet beyond the headers. */
export interface BmpHeader {
  readonly width: number
  readonly height: number
  readonly isTopDown: boolean
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32
  readonly pixels: number
  /** Of 16 and 32 bits: which bits of a pixel are red, green, blue and alpha (0: none). */
  readonly masks: readonly [red: number, green: number, blue: number, alpha: number]
  /** Offset and number of the palette's colours, four bytes each. */
  readonly palette: { readonly offset: number; readonly colors: number }
}

const UNCOMPRESSED = 0
const BIT_FIELDS = 3
const BITS: readonly number[] = [1, 4, 8, 16, 24, 32]

/**
 * What the headers of a BMP say.
 *
 * @throws RangeError for what is no BMP of a kind that is taken, with the reason; also where the file ends too early
 * @see BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER of the Windows GDI
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = viewOf(bytes)
  const headerBytes = view.getUint32(14, true)
  if (headerBytes < 40) throw new RangeError(`a BMP of a kind that is not taken (header of ${headerBytes} bytes)`)
  const width = view.getInt32(18, true)
  const height = view.getInt32(22, true)
  const bits = view.getUint16(28, true)
  const compression = view.getUint32(30, true)
  if (width < 1 || height === 0) throw new RangeError('a BMP without pixels')
  if (!isBits(bits) || (compression !== UNCOMPRESSED && !(compression === BIT_FIELDS && bits >= 16 && bits !== 24))) {
    throw new RangeError(`a BMP of a kind that is not taken (${bits} bits, compression ${compression})`)
  }
  const colors = bits > 8 ? 0 : view.getUint32(46, true) || 2 ** bits
  if (colors > 2 ** bits) throw new RangeError(`a BMP with a palette of ${colors} colours for ${bits} bits`)
  return {
    width,
    height: Math.abs(height),
    isTopDown: height < 0,
    bits,
    pixels: view.getUint32(10, true),
    masks: readMasks(view, { headerBytes, bits, compression }),
    palette: { offset: 14 + headerBytes, colors },
  }
}

/**
 * Decodes a BMP of the kinds that `readBmpHeader` takes.
 *
 * @throws RangeError where the file ends too early
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader): DecodedBmp {
  const { width, height, bits } = header
  const view = viewOf(bytes)
  const stride = Math.ceil((width * bits) / 32) * 4
  if (header.pixels + stride * height > bytes.length) throw new RangeError('a BMP that is truncated')
  const colorAt = colorReader(view, header)
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const row = header.pixels + (header.isTopDown ? y : height - 1 - y) * stride
    for (let x = 0; x < width; x++) rgba.set(colorAt(row, x), (y * width + x) * 4)
  }
  return { width, height, rgba }
}

function colorReader(view: DataView, { bits, masks, palette }: BmpHeader): (row: number, x: number) => Uint8Array {
  const color = new Uint8Array(4)
  if (bits === 24) {
    color[3] = 255
    return (row, x) => {
      const at = row + x * 3
      for (let channel = 0; channel < 3; channel++) color[channel] = view.getUint8(at + 2 - channel)
      return color
    }
  }
  if (bits >= 16) {
    const channels = masks.map(channelReader)
    return (row, x) => {
      const pixel = bits === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true)
      for (const [index, channel] of channels.entries()) color[index] = channel(pixel)
      return color
    }
  }
  const colors = Array.from({ length: palette.colors }, (_, index) => {
    const at = palette.offset + index * 4
    return Uint8Array.of(view.getUint8(at + 2), view.getUint8(at + 1), view.getUint8(at), 255)
  })
  const perByte = 8 / bits
  return (row, x) => {
    const byte = view.getUint8(row + Math.floor(x / perByte))
    const index = (byte >> ((perByte - 1 - (x % perByte)) * bits)) & (2 ** bits - 1)
    const found = colors[index]
    if (found === undefined) throw new RangeError(`a BMP that names colour ${index} of ${colors.length}`)
    return found
  }
}

/** The bits of a mask as a value of 0 to 255; 255 for the alpha of pixels that have none. */
function channelReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 255
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most)
}

function readMasks(
  view: DataView,
  { headerBytes, bits, compression }: { headerBytes: number; bits: number; compression: number },
): BmpHeader['masks'] {
  if (compression === BIT_FIELDS) {
    const alpha = headerBytes >= 56 ? view.getUint32(66, true) : 0
    return [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true), alpha]
  }
  // The fourth byte of 32 bits is unused by the book; TensorFlow takes it for alpha, and so do those who write it.
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0xff000000]
}

function isBits(bits: number): bits is BmpHeader['bits'] {
  return BITS.includes(bits)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
