/** What goes to the terminal: results on stdout, everything else on stderr. @module */

import { styleText } from 'node:util'

/** A stream as far as we use it. */
export interface TextStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** How a piece of text may stand out. */
export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim'

/** The two streams of a command. Control characters in what is shown are spelled out: names come from strangers. */
export interface Output {
  /** A result for people: lines on stdout. */
  print(text: string): void
  /** A result for machines: one JSON document on stdout, the only thing there. */
  printJson(value: unknown): void
  /** A remark on stderr. */
  note(text: string): void
  /** Text for stdout that stands out where stdout is a terminal with colours. */
  style(style: Style, text: string): string
  /** Where progress goes. */
  readonly stderr: TextStream
}

/** The output to these streams. */
export function createOutput(stdout: TextStream, stderr: TextStream, options: { readonly color: boolean }): Output {
  const styled = options.color && stdout.isTTY === true
  return {
    print: (text) => stdout.write(`${text}\n`),
    printJson: (value) => stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => stderr.write(`${showOnOneLine(text)}\n`),
    style: (style, text) => (styled ? styleText(style, text, { validateStream: false }) : text),
    stderr,
  }
}

// C0 and C1 controls, line separators, and what turns the direction of text around.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** A stranger's text as it may be shown: on one line, and without a way to steer the terminal. */
export function showOnOneLine(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\n' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
