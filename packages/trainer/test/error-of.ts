/** The error that something throws, for asserting on its code and detail. @module */

import type { SdkError } from '@aibomgen/core'

type ErrorClass<E> = abstract new (...parameters: never[]) => E

/** What `action` throws, if it is an `errorClass`; anything else fails the test. */
export function errorOf<E extends SdkError>(errorClass: ErrorClass<E>, action: () => unknown): E {
  try {
    action()
  } catch (error) {
    if (error instanceof errorClass) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** What `action` rejects with, if it is an `errorClass`; anything else fails the test. */
export async function rejectionOf<E extends SdkError>(
  errorClass: ErrorClass<E>,
  action: () => Promise<unknown>,
): Promise<E> {
  try {
    await action()
  } catch (error) {
    if (error instanceof errorClass) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
