/** Structured logs: one JSON object a line, with nothing secret in it. @module */

import type { Clock } from '@aibomgen/core'
import { pino } from 'pino'

import { redact, redactText } from './redact.ts'

/** What a log line tells beside its message. Secrets are taken out wherever they stand. */
export type LogFacts = Readonly<Record<string, unknown>>

/** Takes notes of what happens. */
export interface Logger {
  debug(message: string, facts?: LogFacts): void
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
  /** A logger whose every line also tells `facts`. */
  child(facts: LogFacts): Logger
}

/** How much is noted: lines of this level and of the graver ones. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What a logger needs. */
export interface LoggerOptions {
  readonly level: LogLevel
  readonly clock: Clock
  /** Which process this is: `server`, `worker`, `issuer`. */
  readonly service: string
}

/** Where lines go: `process.stderr`, a file. Each call is one whole line with its line feed. */
export interface LineStream {
  write(line: string): unknown
}

/**
 * A logger that writes to `stream`, at once and in order. A line is `{level, time, service, …facts, message}`; `level`
 * is a word, `time` RFC 3339. Facts cannot take the place of these four.
 */
export function createLogger(options: LoggerOptions, stream: LineStream): Logger {
  const lines = pino(
    {
      level: options.level,
      // Without the host's name and the process id.
      base: { service: options.service },
      messageKey: 'message',
      timestamp: () => `,"time":"${options.clock.now()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line) => void stream.write(line) },
  )
  return new RedactingLogger(lines, {})
}

type Level = Exclude<LogLevel, 'silent'>
type Lines = Record<Level, (facts: object, message: string) => void> & { isLevelEnabled(level: string): boolean }

/** Members of a line that are not the caller's to set. */
const RESERVED = new Set(['level', 'time', 'service', 'message'])

class RedactingLogger implements Logger {
  readonly #lines: Lines
  readonly #facts: LogFacts

  constructor(lines: Lines, facts: LogFacts) {
    this.#lines = lines
    this.#facts = facts
  }

  debug(message: string, facts?: LogFacts): void {
    this.#write('debug', message, facts)
  }

  info(message: string, facts?: LogFacts): void {
    this.#write('info', message, facts)
  }

  warn(message: string, facts?: LogFacts): void {
    this.#write('warn', message, facts)
  }

  error(message: string, facts?: LogFacts): void {
    this.#write('error', message, facts)
  }

  child(facts: LogFacts): Logger {
    return new RedactingLogger(this.#lines, { ...this.#facts, ...facts })
  }

  #write(level: Level, message: string, facts: LogFacts = {}): void {
    if (!this.#lines.isLevelEnabled(level)) return
    const told = Object.entries({ ...this.#facts, ...facts }).filter(([name]) => !RESERVED.has(name))
    this.#lines[level](redact(Object.fromEntries(told)) as object, redactText(message))
  }
}
