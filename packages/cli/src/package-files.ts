/** Files of this package. This file lies one below its root, as source and in what it is built to. @module */

import { fileURLToPath } from 'node:url'

import { parseJson, parseWith } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import * as z from 'zod'

const manifestSchema = z.object({ version: z.string() })

/** The absolute path of a file of this package. */
export function pathInPackage(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

/** The version in our package.json. */
export async function readVersion(): Promise<string> {
  const bytes = await readFileBounded(pathInPackage('package.json'), 1024 * 1024)
  return parseWith(manifestSchema, parseJson(bytes, { maxBytes: bytes.length }), 'package.json').version
}
