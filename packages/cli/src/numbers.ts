/** Numbers on the command line. @module */

import { ConfigError } from '@aibomgen/core'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const SIZE = /^(\d+)\s*(k|m|g|t)?(i)?b?$/i
const POWERS = ['', 'k', 'm', 'g', 't']

/** The decimal number that `text` spells; undefined when it is none. */
export function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

/**
 * A whole number of at least 1.
 *
 * @throws ConfigError `USAGE`
 */
export function parseCount(flag: string, text: string): number {
  const count = parseNumber(text)
  if (count !== undefined && Number.isSafeInteger(count) && count >= 1) return count
  throw usage(flag, 'an integer ≥ 1', text)
}

/** A size in bytes: `1048576`, `512MB`, `4GiB`; 1 kB is 1000 bytes, 1 KiB 1024. Undefined when `text` is none. */
export function readByteCount(text: string): number | undefined {
  const [, digits, prefix = '', binary] = SIZE.exec(text) ?? []
  const unit = (binary === undefined ? 1000 : 1024) ** POWERS.indexOf(prefix.toLowerCase())
  const bytes = Number(digits) * unit
  return Number.isSafeInteger(bytes) && bytes >= 1 ? bytes : undefined
}

/**
 * A size, as `readByteCount` takes it.
 *
 * @throws ConfigError `USAGE`
 */
export function parseByteCount(flag: string, text: string): number {
  const bytes = readByteCount(text)
  if (bytes !== undefined) return bytes
  throw usage(flag, 'a size like 4GiB', text)
}

/** Whether `text` spells a number of processors: `2`, `0.5`. */
export function isProcessorCount(text: string): boolean {
  return /^\d{1,5}(\.\d{1,3})?$/.test(text) && Number(text) > 0
}

function usage(argument: string, expected: string, got: string): ConfigError {
  const reason = `expected ${expected}, got ${JSON.stringify(got)}`
  return new ConfigError('USAGE', `${argument}: ${reason}`, { argument, reason })
}
