/** Colours by hue, saturation and value, as TensorFlow converts them. @module */

type Three = readonly [number, number, number]

/** Red, green and blue to hue (0 to 1), saturation and value. */
export function toHsv([red, green, blue]: Three): Three {
  const most = Math.max(red, green, blue)
  const width = most - Math.min(red, green, blue)
  const saturation = most > 0 ? width / most : 0
  if (!(width > 0)) return [0, saturation, most]
  const unit = 1 / (6 * width)
  let hue: number
  if (red === most) hue = unit * (green - blue)
  else if (green === most) hue = unit * (blue - red) + 2 / 6
  else hue = unit * (red - green) + 4 / 6
  return [hue < 0 ? hue + 1 : hue, saturation, most]
}

/** And back. */
export function fromHsv([hue, saturation, value]: Three): Three {
  const sector = hue * 6
  const clamped = (part: number): number => Math.min(1, Math.max(0, part))
  const [red, green, blue] = [Math.abs(sector - 3) - 1, 2 - Math.abs(sector - 2), 2 - Math.abs(sector - 4)].map(clamped)
  const mixed = (part = 0): number => (1 - saturation + saturation * part) * value
  return [mixed(red), mixed(green), mixed(blue)]
}
