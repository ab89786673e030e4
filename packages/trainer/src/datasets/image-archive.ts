/** An archive of images in class folders: which of its files are rows, in which order, and of which class. @module */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

import { ArtifactError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'

import { foldName } from '../safe-archive-names.ts'
import type { ByteSource } from '../safe-archive-records.ts'
import { openArchive, type ArchiveEntry, type ArchiveLimits } from '../safe-archive.ts'
import { datasetError } from './dataset-error.ts'

/** One row of the data set. */
export interface ImageFile {
  /** Its whole name in the archive. */
  readonly name: string
  /** The place of its class in `classes`. */
  readonly classIndex: number
  /** Its bytes: read from the archive at each call. */
  read(): Uint8Array
}

/** An archive's images. It is open until it is disposed of. */
export interface ImageArchive extends Disposable {
  /** Folder names, sorted by code unit. */
  readonly classes: readonly string[]
  /** By class, then folder, then file name, as Keras walks through a directory. */
  readonly files: readonly ImageFile[]
  /** Names of files that a desktop leaves behind, sorted: they are no rows. */
  readonly ignored: readonly string[]
}

/** What an archive of images may hold. A million files are refused; so is what unpacks to hundreds of its size. */
export const IMAGE_ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 250_000,
  totalBytes: 64 * 1024 ** 3,
  fileBytes: 64 * 1024 ** 2,
  ratio: 200,
  depth: 16,
}

const IMAGE_NAME = /\.(?:png|jpe?g|webp|bmp|gif)$/i
const LEFT_BEHIND = /(?:^|\/)(?:\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(?:\/|$)/i

/**
 * Opens the zip archive at `path`: `class/image.png`, or the same below one folder that holds all. Every file has to be
 * an image by its name; only what desktops leave behind (`__MACOSX`, `Thumbs.db`, names that begin with a dot) is passed
 * over, and named in `ignored`.
 *
 * @throws TrainingError `DATASET_INVALID`, naming the file; ParseError `LIMIT_EXCEEDED`; ArtifactError `FILE_UNREADABLE`
 */
export function openImageArchive(path: string): ImageArchive {
  const file = openFile(path)
  try {
    const refuse = (reason: string, name?: string, cause?: unknown): Error =>
      datasetError(reason, name === undefined ? {} : { file: name }, { cause })
    const archive = openArchive(file, IMAGE_ARCHIVE_LIMITS, refuse)
    const isLeftBehind = ({ name }: ArchiveEntry): boolean => LEFT_BEHIND.test(name)
    const entries = archive.entries.filter((entry) => !isLeftBehind(entry))
    const placed = placeFiles(entries)
    return {
      classes: placed.classes,
      files: placed.files.map(({ entry, classIndex }) => ({
        name: entry.name,
        classIndex,
        read: () => archive.read(entry),
      })),
      ignored: archive.entries
        .filter((entry) => isLeftBehind(entry) && !entry.isDirectory)
        .map(({ name }) => name)
        .sort(),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    }
  } catch (error) {
    file[Symbol.dispose]()
    throw error
  }
}

interface PlacedFile {
  readonly entry: ArchiveEntry
  readonly classIndex: number
}

function placeFiles(entries: readonly ArchiveEntry[]): {
  readonly classes: readonly string[]
  readonly files: readonly PlacedFile[]
} {
  const files = entries.filter(({ isDirectory }) => !isDirectory)
  if (files.length === 0) throw datasetError('expected images in class folders, got an archive without files')
  const skipped = wrapperLength(files)
  const found = new Map<string, { readonly entry: ArchiveEntry; readonly folder: string; readonly file: string }[]>()
  for (const entry of files) {
    const { name } = entry
    if (!IMAGE_NAME.test(name)) {
      throw datasetError('expected a name that ends in .png, .jpg, .jpeg, .webp, .bmp or .gif', { file: name })
    }
    const folderEnd = name.indexOf('/', skipped)
    if (folderEnd === -1)
      throw datasetError('expected images in class folders, got one outside of them', { file: name })
    const fileStart = name.lastIndexOf('/') + 1
    const className = name.slice(skipped, folderEnd)
    const inClass = found.get(className) ?? []
    inClass.push({ entry, folder: name.slice(0, fileStart), file: name.slice(fileStart) })
    found.set(className, inClass)
  }
  // Without a comparator, sort goes by code unit.
  const classes = [...found.keys()].sort()
  assertFolders(classes, entries, skipped)
  return {
    classes,
    files: classes.flatMap((className, classIndex) =>
      (found.get(className) ?? [])
        .sort((a, b) => compare(a.folder, b.folder) || compare(a.file, b.file))
        .map(({ entry }) => ({ entry, classIndex })),
    ),
  }
}

/** How much of every name is a folder around all class folders; 0 where there is none. */
function wrapperLength(files: readonly ArchiveEntry[]): number {
  const first = files[0]?.name ?? ''
  const wrapper = first.slice(0, first.indexOf('/') + 1)
  if (wrapper === '') return 0
  return files.every(({ name }) => name.startsWith(wrapper) && name.includes('/', wrapper.length)) ? wrapper.length : 0
}

function assertFolders(classes: readonly string[], entries: readonly ArchiveEntry[], skipped: number): void {
  const folded = new Map<string, string>()
  for (const name of classes) {
    const other = folded.get(foldName(name))
    if (other !== undefined) {
      const names = [other, name].map((folder) => JSON.stringify(folder)).join(' and ')
      throw datasetError(`the class folders ${names} are the same to some`)
    }
    folded.set(foldName(name), name)
  }
  const known = new Set(classes)
  for (const { name, isDirectory } of entries) {
    const [className = ''] = name.slice(skipped).split('/')
    if (isDirectory && name.length > skipped && !known.has(className)) {
      throw datasetError('a class folder that holds no image', { file: name })
    }
  }
  if (classes.length < 2) {
    throw datasetError(`expected at least 2 class folders, got ${JSON.stringify(classes[0] ?? '')} alone`)
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function openFile(path: string): ByteSource & Disposable {
  const unreadable = (cause: unknown): ArtifactError => {
    const reason = reasonOf(cause)
    return new ArtifactError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { path, reason }, { cause })
  }
  try {
    const file = openSync(path, 'r')
    return {
      sizeBytes: fstatSync(file).size,
      read(offset, length) {
        const bytes = new Uint8Array(length)
        let filled = 0
        while (filled < length) {
          const got = readSync(file, bytes, filled, length - filled, offset + filled)
          if (got === 0) throw datasetError('the zip archive is truncated')
          filled += got
        }
        return bytes
      },
      [Symbol.dispose]: () => closeSync(file),
    }
  } catch (cause) {
    throw unreadable(cause)
  }
}
