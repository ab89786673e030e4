/** A logger whose lines a test can read. @module */

import type { Clock, Timestamp } from '@aibomgen/core'

import { createLogger, type Logger, type LogLevel } from '../../src/operation/logger.ts'

export const CLOCK: Clock = { now: () => '2026-11-22T12:00:00Z' as Timestamp }

/** The logger, and what it has written so far. */
export function logToMemory(level: LogLevel = 'debug'): { logger: Logger; lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    logger: createLogger({ level, clock: CLOCK, service: 'server' }, { write: (line) => lines.push(line) }),
  }
}
