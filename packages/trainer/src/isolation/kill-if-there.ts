/** Kills who may be gone already. @module */

/** Sends SIGKILL to the process `target`, or to the process group −`target`; nothing where there is none. */
export function killIfThere(target: number): void {
  try {
    process.kill(target, 'SIGKILL')
  } catch (error) {
    // ESRCH: nobody is left, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
