/** `aibomgen env`. @module */

import { captureEnvironment, type Enforcement, type Observed } from '@aibomgen/trainer/environment'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { composeIsolation } from '../compose-isolation.ts'
import { composeProbes } from '../compose.ts'
import { showOnOneLine } from '../output.ts'

const PROBE_TIMEOUT_SECONDS = 20

/** Shows what a release would say of this machine. */
export function createEnvCommand(context: CommandContext): Command {
  return createCommand({ name: 'env', summary: '', examples: ['aibomgen env', 'aibomgen env --json'] }).action(
    (flags: CommonFlags) => runEnv(flags, context),
  )
}

async function runEnv(flags: CommonFlags, context: CommandContext): Promise<void> {
  const isolation = await composeIsolation({}, context.config.container, context.config.environment)
  const seen = {
    ...(await captureEnvironment(await composeProbes(process.cwd()), { timeoutSeconds: PROBE_TIMEOUT_SECONDS })),
    isolation: await isolation.probe(),
  }
  show(context, flags, { json: () => seen, text: () => describeObservations(seen).join('\n') })
}

/** One line per observation or resource; a list by its length, an object by its members. */
function describeObservations(seen: object, indent = ''): readonly string[] {
  return Object.entries(seen).flatMap(([name, value]: [string, unknown]) => {
    const shown = isStated(value) ? describeStated(value) : value
    if (typeof shown !== 'object' || shown === null) return [`${indent}${name}: ${showOnOneLine(String(shown))}`]
    if (!Array.isArray(shown)) return [`${indent}${name}:`, ...describeObservations(shown, `${indent}  `)]
    const isShort = shown.every((item) => typeof item === 'string')
    return [`${indent}${name}: ${isShort ? showOnOneLine(shown.join(' ')) : shown.length}`]
  })
}

function isStated(value: unknown): value is Observed<unknown> | Enforcement {
  return typeof value === 'object' && value !== null && 'status' in value
}

function describeStated(stated: Observed<unknown> | Enforcement): unknown {
  switch (stated.status) {
    case 'observed':
      return stated.value
    case 'absent':
      return 'absent'
    case 'unavailable':
      return `unavailable: ${stated.reason}`
    case 'enforced':
      return stated.by
    case 'not-enforced':
      return `not enforced: ${stated.reason}`
  }
}
