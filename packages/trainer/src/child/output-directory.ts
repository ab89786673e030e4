/** The directory that a training child writes its outputs to: each file whole, or not there. @module */

import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ArtifactError, type OutputName } from '@aibomgen/core'

/** The bytes of each output, by the name that links give it. */
export type OutputFiles = Readonly<Record<OutputName, Uint8Array>>

/**
 * Writes the outputs into `directory`, each beside its place and then renamed. What could not be finished is taken away.
 *
 * @throws ArtifactError `OUTPUT_UNWRITABLE`
 */
export async function writeOutputs(directory: string, files: OutputFiles): Promise<void> {
  for (const [outputName, bytes] of Object.entries(files)) {
    const name = outputName.slice('outputs/'.length)
    const partial = join(directory, `.${name}.partial`)
    try {
      await mkdir(directory, { recursive: true })
      await writeFile(partial, bytes, { flush: true })
      await rename(partial, join(directory, name))
    } catch (cause) {
      await rm(partial, { force: true })
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ArtifactError('OUTPUT_UNWRITABLE', `${outputName}: ${reason}`, { path: outputName, reason }, { cause })
    }
  }
}
