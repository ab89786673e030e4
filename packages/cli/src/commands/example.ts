/** `aibomgen example`. @module */

import { cp, mkdir, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

import { ArtifactError, ConfigError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'
import { assertOutputFree } from '@aibomgen/pipeline'
import type { Command } from 'commander'

import { createCommand, show, type CommandContext, type CommonFlags } from '../command.ts'
import { pathInPackage } from '../package-files.ts'
import { createScratch } from '../scratch.ts'

const EXAMPLES: Readonly<Record<string, readonly [model: string, dataset: string, ...others: string[]]>> = {
  wine: ['model.keras', 'dataset.csv', 'definition.yaml', 'README.md'],
  digits: ['model.keras', 'dataset.zip', 'definition.yaml', 'README.md'],
}

/** Copies a ready-made job: the files lie in this package, so that it is the same installed and in the repository. */
export function createExampleCommand(context: CommandContext): Command {
  return createCommand({ name: 'example', summary: '', examples: ['aibomgen example digits ./digits'] })
    .argument('<name>', 'wine: 178 wines, 13 measurements, 3 classes; digits: 800 images of 10 classes')
    .argument('<directory>', 'absent or empty')
    .action((name: string, directory: string, flags: CommonFlags) => runExample(name, directory, flags, context))
}

async function runExample(name: string, directory: string, flags: CommonFlags, context: CommandContext): Promise<void> {
  const files = filesOf(name)
  const target = resolve(directory)
  await assertOutputFree(target)
  await copyWhole(pathInPackage(`examples/${name}`), files, target)
  const [model = '', dataset = '', definition = ''] = files.map((file) => join(directory, file))
  const command = `aibomgen train --model ${model} --dataset ${dataset} --definition ${definition}`
  show(context, flags, {
    json: () => ({ directory: target, files, command }),
    text: () => `${files.map((file) => join(directory, file)).join('\n')}\n\nnext: ${command}`,
  })
}

function filesOf(name: string): readonly string[] {
  const files = Object.hasOwn(EXAMPLES, name) ? EXAMPLES[name] : undefined
  if (files !== undefined) return files
  const known = Object.keys(EXAMPLES).map((example) => JSON.stringify(example))
  const reason = `expected ${known.join(' or ')}, got ${JSON.stringify(name)}`
  throw new ConfigError('USAGE', `example: ${reason}`, { argument: 'name', reason })
}

async function copyWhole(from: string, files: readonly string[], to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true })
    await using scratch = await createScratch(dirname(to))
    const copy = join(scratch.directory, 'example')
    for (const file of files) await cp(join(from, file), join(copy, file))
    await rename(copy, to)
  } catch (cause) {
    if (cause instanceof ArtifactError) throw cause
    const reason = reasonOf(cause)
    throw new ArtifactError('OUTPUT_UNWRITABLE', `cannot write ${to}: ${reason}`, { path: to, reason }, { cause })
  }
}
