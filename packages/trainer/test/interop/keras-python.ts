/** Finds a Python that has Keras, for tests against the real thing. @module */

import { spawnSync } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Quiet TensorFlow, plain arithmetic. */
const ENVIRONMENT = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', TF_ENABLE_ONEDNN_OPTS: '0' }

/** The interpreter, or why there is none. */
export const kerasPython: string | undefined = [
  process.env.AIBOMGEN_TEST_PYTHON,
  join(homedir(), '.cache/aibomgen-keras/bin/python'),
  'python3',
].find(
  (candidate) =>
    candidate !== undefined &&
    spawnSync(candidate, [
      '-c',
      'import importlib.util as u, sys; sys.exit(not (u.find_spec("keras") and u.find_spec("tensorflow")))',
    ]).status === 0,
)

/** Runs a script of this folder. */
export function runKeras(script: string, ...arguments_: readonly string[]): void {
  const path = join(import.meta.dirname, script)
  const run = spawnSync(kerasPython ?? 'python3', [path, ...arguments_], { env: ENVIRONMENT, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr.slice(-2000)}`)
}
