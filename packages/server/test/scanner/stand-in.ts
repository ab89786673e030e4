/** Programs that stand in for scanners: real ones, found on a PATH of their own. @module */

import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A directory with a program called `name`, in Node, and the environment that finds it. */
export async function installStandIn(
  name: string,
  source: string,
): Promise<{ directory: string; env: Record<string, string> }> {
  const directory = await mkdtemp(join(tmpdir(), 'aibomgen-scanner-'))
  const path = join(directory, name)
  await writeFile(path, `#!/usr/bin/env node\n${source}\n`)
  await chmod(path, 0o755)
  return { directory, env: { PATH: `${directory}:${dirname(process.execPath)}:/usr/bin:/bin` } }
}

/** An environment in which no scanner is found. */
export const NOTHING_INSTALLED: Record<string, string> = { PATH: '/nonexistent' }
