/** The device files of graphics cards. @module */

import { readdir } from 'node:fs/promises'

import { ifThere } from '../environment/if-there.ts'

/** NVIDIA's own, and those of the kernel's direct rendering. */
const GRAPHICS = /^(nvidia.*|dri|kfd)$/

/** Absolute paths of the device files and folders of this machine's graphics cards, sorted; none where it has none. */
export async function findGraphicsDevices(): Promise<readonly string[]> {
  const names = (await ifThere(readdir('/dev'))) ?? []
  return names
    .filter((name) => GRAPHICS.test(name))
    .sort()
    .map((name) => `/dev/${name}`)
}
