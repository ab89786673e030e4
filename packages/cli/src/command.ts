/** What all commands have in common: `--json`, `--debug`, an example in the help, and where results go. @module */

import { Command, type CommanderError } from 'commander'

import type { Config } from './config.ts'
import type { Output } from './output.ts'

/** What a command is given. */
export interface CommandContext {
  readonly config: Config
  readonly output: Output
  /** The exit code of a command that ends without an error; 0 unless set. Of one that fails, it overrides the table's. */
  exitCode: number | undefined
  /** Said at the end of the error line, when the command fails. */
  hint: string | undefined
}

/** The flags of every command. */
export interface CommonFlags {
  readonly json?: boolean
}

/** What a command is called in the help. */
export interface CommandShape {
  readonly name: string
  readonly summary: string
  /** Whole command lines. */
  readonly examples: readonly string[]
}

/** A command with the flags that all have. Its errors are thrown: `main` says them. */
export function createCommand({ name, summary, examples }: CommandShape): Command {
  const lines = examples.map((example) => `  $ ${example}`).join('\n')
  return quiet(new Command(name))
    .description(summary)
    .option('--json', 'print one JSON document on stdout')
    .option('--debug', 'print stack traces')
    .addHelpText('after', `\nExample:\n${lines}`)
}

/** A command that only groups others. */
export function createGroup(name: string, summary: string, commands: readonly [Command, ...Command[]]): Command {
  const [first] = commands
  const group = quiet(new Command(name))
    .description(summary)
    .addHelpText('after', `\nExample:\n  $ aibomgen ${name} ${first.name()} --help`)
  for (const command of commands) group.addCommand(command)
  return group
}

/** Commander neither prints errors nor ends the process. */
export function quiet(command: Command): Command {
  return command
    .exitOverride((error: CommanderError) => {
      throw error
    })
    .configureOutput({ outputError: () => undefined })
}

/** Shows a result: as one JSON document when asked for, else as text. */
export function show(
  { output }: CommandContext,
  { json }: CommonFlags,
  result: { readonly json: () => unknown; readonly text: () => string },
): void {
  if (json === true) output.printJson(result.json())
  else output.print(result.text())
}
