/** Whether a program can be run. @module */

import { access, constants } from 'node:fs/promises'

/** Whether there is a file at `path` that we may execute. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
