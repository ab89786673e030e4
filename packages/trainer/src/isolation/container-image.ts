/** Which image a container is made from. @module */

const PINNED = /^(?:[a-z0-9][^\s@]*@)?(sha256:[0-9a-f]{64})$/

/**
 * The digest of an image `NAME@sha256:…`, or of an image id `sha256:…`: 64 lower-case hex digits behind the colon.
 * Undefined for everything else: a tag says today this and tomorrow that.
 */
export function digestOfImage(image: string): string | undefined {
  return PINNED.exec(image)?.[1]
}
