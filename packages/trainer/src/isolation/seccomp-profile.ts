/** The seccomp filter of a training child, as container engines are told of it. @module */

import { AF_UNIX, NEW_NAMESPACE_FLAGS, TERMINAL_INPUT_REQUESTS } from './seccomp-filter.ts'
import { REFUSED_SYSTEM_CALLS } from './seccomp-system-calls.ts'

const EPERM = 1
const ENOSYS = 38

interface Argument {
  readonly index: number
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE' | 'SCMP_CMP_MASKED_EQ'
  readonly value: number
  readonly valueTwo?: number
}

/**
 * A profile for `--security-opt seccomp=FILE`, as JSON text, that judges as the program of `buildSeccompFilter` does.
 * Calls of another architecture kill the process: engines add that by themselves.
 *
 * @see OCI runtime specification, config-linux, "Seccomp"
 */
export function buildSeccompProfile(): string {
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      refuse([...Object.keys(REFUSED_SYSTEM_CALLS), 'socket']),
      refuse(['clone3'], { errnoRet: ENOSYS }),
      refuse(['socketpair'], { argument: { index: 0, op: 'SCMP_CMP_NE', value: AF_UNIX } }),
      ...NEW_NAMESPACE_FLAGS.map((flag) =>
        refuse(['clone'], { argument: { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: flag, valueTwo: flag } }),
      ),
      ...TERMINAL_INPUT_REQUESTS.map((request) =>
        refuse(['ioctl'], { argument: { index: 1, op: 'SCMP_CMP_EQ', value: request } }),
      ),
    ],
  })
}

function refuse(
  names: readonly string[],
  { argument, errnoRet = EPERM }: { readonly argument?: Argument; readonly errnoRet?: number } = {},
): object {
  return { names, action: 'SCMP_ACT_ERRNO', errnoRet, args: argument === undefined ? [] : [argument] }
}
