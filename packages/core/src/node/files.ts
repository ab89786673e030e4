/** Reading and writing local files, bounded and atomic. @module */

import { mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { assertWithin } from '../bytes.ts'
import { digestStream, type BytesIdentity } from '../digest.ts'
import { ArtifactError, SdkError } from '../errors.ts'

/**
 * A whole file, when it is a regular file of at most `maxBytes`.
 *
 * @throws ArtifactError `FILE_UNREADABLE`; ParseError `LIMIT_EXCEEDED`
 */
export async function readFileBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  return reading(path, async () => {
    const { size } = await statFile(path)
    assertWithin(size, maxBytes, `bytes in ${path}`)
    return new Uint8Array(await readFile(path))
  })
}

/**
 * Digest and size of a file, in one pass and constant memory.
 *
 * @throws ArtifactError `FILE_UNREADABLE`
 */
export async function digestFile(path: string): Promise<BytesIdentity> {
  return digestStream(readFileParts(path))
}

/** Large enough that a part's way through the thread pool costs little, small enough to stay in the processor's cache. */
const PART_BYTES = 256 * 1024

/**
 * The bytes of a file, in parts, the next being read while one is worked on. Memory is constant: a part is overwritten
 * once the next one is asked for. `digestStream`, `collectBytes` and every `ArtifactStore` can take that.
 *
 * @throws ArtifactError `FILE_UNREADABLE`
 */
export async function* readFileParts(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  await reading(path, () => statFile(path))
  const file = await reading(path, () => open(path))
  const readInto = (buffer: Uint8Array): Promise<Uint8Array> =>
    reading(path, async () => buffer.subarray(0, (await file.read(buffer)).bytesRead))
  let [current, spare] = [new Uint8Array(PART_BYTES), new Uint8Array(PART_BYTES)]
  let ahead = readInto(current)
  try {
    for (let part = await ahead; part.length > 0; part = await ahead) {
      ;[current, spare] = [spare, current]
      ahead = readInto(current)
      yield part
    }
  } finally {
    // Whoever stops early does not learn how the read ahead of it went.
    await Promise.allSettled([ahead])
    await file.close()
  }
}

/**
 * Writes a file whole or not at all: beside its place, flushed to disk, then renamed into it. An existing file is
 * replaced.
 *
 * @param mode - permission bits, 0o644 unless said otherwise
 * @throws ArtifactError `OUTPUT_UNWRITABLE`
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
  try {
    // The system draws a name, so that no two writers share it, whatever they write and where.
    const own = await mkdtemp(join(dirname(path), `.${basename(path)}-`))
    try {
      const temporary = join(own, basename(path))
      const file = await open(temporary, 'wx', mode)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  } catch (cause) {
    const reason = reasonOf(cause)
    throw new ArtifactError('OUTPUT_UNWRITABLE', `cannot write ${path}: ${reason}`, { path, reason }, { cause })
  }
}

/** Flushes a directory to disk: what was made in it or renamed into it is there after a power failure. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The operating system's word for what went wrong: `ENOENT`, `EACCES`. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return String(cause)
}

async function statFile(path: string): Promise<{ size: number }> {
  const found = await stat(path)
  if (!found.isFile()) throw unreadable(path, found.isDirectory() ? 'is a directory' : 'is not a regular file')
  return found
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    throw unreadable(path, reasonOf(cause), cause)
  }
}

function unreadable(path: string, reason: string, cause?: unknown): ArtifactError {
  return new ArtifactError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { path, reason }, { cause })
}
