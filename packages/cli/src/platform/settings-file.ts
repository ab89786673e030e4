/** The one file that settings may stand in: YAML, JSON, or lines `NAME=value`. @module */

import { extname } from 'node:path'
import { parseEnv } from 'node:util'

import { ParseError, parseJson, utf8Decode, type Problem } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import { parseYaml, toPlainValue } from '@aibomgen/trainer/job'

import type { Environment } from '../config.ts'

/** What a file says, by the names of the variables, and what in it is no setting. */
export interface SettingsFile {
  readonly variables: Environment
  readonly problems: readonly Problem[]
}

const MAX_FILE_BYTES = 1024 * 1024

/**
 * The settings in a file, by its name: `.yaml`, `.yml` and `.json` hold one mapping of the variables' names to texts,
 * numbers, `true` and `false`, or lists of such; any other holds lines `NAME=value`.
 *
 * @throws ArtifactError `FILE_UNREADABLE`
 */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const bytes = await readFileBounded(path, MAX_FILE_BYTES)
  const kind = extname(path).toLowerCase()
  try {
    if (kind === '.json') return readMapping(path, parseJson(bytes, { maxBytes: MAX_FILE_BYTES, document: path }))
    if (kind === '.yaml' || kind === '.yml') return readMapping(path, toPlainValue(parseYaml(bytes, path)))
    return { variables: parseEnv(utf8Decode(bytes)), problems: [] }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    // It may quote what stands in the file, and that may be a secret: the place has to do.
    return {
      variables: {},
      problems: [{ path, expected: `a file of settings (${kind || 'lines'})`, got: String(error.code) }],
    }
  }
}

function readMapping(path: string, value: unknown): SettingsFile {
  if (value === null) return { variables: {}, problems: [] }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { variables: {}, problems: [{ path, expected: 'a mapping of names to values', got: kindOf(value) }] }
  }
  const read = Object.entries(value).map(([name, member]: readonly [string, unknown]) => ({
    name,
    member,
    text: textOf(member),
  }))
  return {
    variables: Object.fromEntries(read.map(({ name, text }) => [name, text ?? undefined])),
    problems: read.flatMap(({ name, member, text }) =>
      text === null ? [{ path: name, expected: 'a text, a number, true, false or a list', got: kindOf(member) }] : [],
    ),
  }
}

/** The value as a variable holds it; null for what none can hold. Nothing is an unset variable. */
function textOf(value: unknown): string | undefined | null {
  if (value === null) return undefined
  if (Array.isArray(value)) {
    const texts = value.map((item: unknown) => (Array.isArray(item) || item === null ? null : textOf(item)))
    return texts.every((text) => typeof text === 'string') ? texts.join(',') : null
  }
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list of other things' : typeof value === 'object' ? 'a mapping' : typeof value
}
