/** Our own version. @module */

import { parseJson, parseWith } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const manifestSchema = z.object({ version: z.string() })

/** The version in our package.json, which lies one above the sources as well as one above what they are built to. */
export async function readVersion(): Promise<string> {
  const path = fileURLToPath(new URL('../package.json', import.meta.url))
  const bytes = await readFileBounded(path, 1024 * 1024)
  return parseWith(manifestSchema, parseJson(bytes, { maxBytes: bytes.length }), 'package.json').version
}
