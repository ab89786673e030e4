/** Writes an HDF5 file whose bytes depend on nothing but its content. @module */

import { utf8Encode } from '@aibomgen/core'

/** A numeric array for the file. */
export interface Hdf5Dataset {
  /** `layers/dense/vars/0`: groups on the way are made. */
  readonly path: string
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array | BigInt64Array
}

interface Group {
  readonly children: Map<string, Group | Hdf5Dataset>
}

const UNDEFINED_ADDRESS = 0xffff_ffff_ffff_ffffn
const SUPERBLOCK_BYTES = 96
const MESSAGE = { dataspace: 1, linkInfo: 2, datatype: 3, fillValue: 5, link: 6, layout: 8, groupInfo: 10 } as const

/**
 * An HDF5 file of the oldest superblock, with links kept in the group headers (HDF5 1.8 and later read it). The HDF5
 * library itself writes times and stray memory into its files, so that no two are alike; these are, for equal content
 * in equal order.
 *
 * @see HDF5 File Format Specification 3.0, sections II.A (superblock), IV.A.1.a (object header version 1), IV.A.2
 */
export function writeHdf5(datasets: readonly Hdf5Dataset[]): Uint8Array {
  const root: Group = { children: new Map() }
  for (const dataset of datasets) addDataset(root, dataset)
  const file = new ByteWriter()
  file.skip(SUPERBLOCK_BYTES)
  const rootAddress = writeGroup(file, root)
  const length = file.length
  file.patch(0, superblock(rootAddress, length))
  return file.bytes()
}

function addDataset(root: Group, dataset: Hdf5Dataset): void {
  const names = dataset.path.split('/')
  const leaf = names.pop()
  if (leaf === undefined || leaf === '') throw new TypeError('hdf5: a dataset needs a name')
  let group = root
  for (const name of names) {
    const next = group.children.get(name) ?? { children: new Map() }
    if (!('children' in next)) throw new TypeError(`hdf5: ${name} is a dataset and a group`)
    group.children.set(name, next)
    group = next
  }
  if (group.children.has(leaf)) throw new TypeError(`hdf5: ${dataset.path} is there twice`)
  group.children.set(leaf, dataset)
}

/** Children first, so that their addresses are known. */
function writeGroup(file: ByteWriter, group: Group): bigint {
  const links = [...group.children].map(([name, child]) =>
    link(name, 'children' in child ? writeGroup(file, child) : writeDataset(file, child)),
  )
  const linkInfo = new ByteWriter()
  linkInfo.uint(1, 0).uint(1, 0).address(UNDEFINED_ADDRESS).address(UNDEFINED_ADDRESS)
  return writeHeader(file, [
    [MESSAGE.linkInfo, linkInfo.bytes()],
    [MESSAGE.groupInfo, new Uint8Array(2)],
    ...links.map((content) => [MESSAGE.link, content] as const),
  ])
}

function writeDataset(file: ByteWriter, { shape, values }: Hdf5Dataset): bigint {
  if (values.length !== shape.reduce((size, dimension) => size * dimension, 1)) {
    throw new TypeError('hdf5: a dataset has another size than its shape')
  }
  const dataAddress = BigInt(file.length)
  file.raw(littleEndian(values)).align()

  const dataspace = new ByteWriter()
  dataspace.uint(1, 1).uint(1, shape.length).skip(6)
  for (const dimension of shape) dataspace.address(BigInt(dimension))
  const layout = new ByteWriter()
  layout.uint(1, 3).uint(1, 1).address(dataAddress).address(BigInt(values.byteLength))
  const fillValue = new ByteWriter()
  fillValue.uint(1, 2).uint(1, 2).uint(1, 2).uint(1, 0)
  return writeHeader(file, [
    [MESSAGE.dataspace, dataspace.bytes()],
    [MESSAGE.datatype, datatype(values)],
    [MESSAGE.fillValue, fillValue.bytes()],
    [MESSAGE.layout, layout.bytes()],
  ])
}

/** An object header of version 1: no times, no checksums, every message padded to 8 bytes. */
function writeHeader(file: ByteWriter, messages: readonly (readonly [type: number, content: Uint8Array])[]): bigint {
  const body = new ByteWriter()
  for (const [type, content] of messages) {
    const padded = Math.ceil(content.length / 8) * 8
    body.uint(2, type).uint(2, padded).uint(1, 0).skip(3).raw(content).align()
  }
  const address = BigInt(file.length)
  file.uint(1, 1).skip(1).uint(2, messages.length).uint(4, 1).uint(4, body.length).skip(4).raw(body.bytes()).align()
  return address
}

/** A hard link: version 1, the name's length in two bytes. */
function link(name: string, address: bigint): Uint8Array {
  const encoded = utf8Encode(name)
  const writer = new ByteWriter()
  writer.uint(1, 1).uint(1, 1).uint(2, encoded.length).raw(encoded).address(address)
  return writer.bytes()
}

/** IEEE 754 single, or a signed integer of four or eight bytes; little-endian. */
function datatype(values: Hdf5Dataset['values']): Uint8Array {
  const writer = new ByteWriter()
  if (values instanceof Float32Array) {
    writer.uint(1, 0x11).uint(1, 0x20).uint(1, 31).uint(1, 0).uint(4, 4)
    writer.uint(2, 0).uint(2, 32).uint(1, 23).uint(1, 8).uint(1, 0).uint(1, 23).uint(4, 127)
  } else {
    const size = values.BYTES_PER_ELEMENT
    writer
      .uint(1, 0x10)
      .uint(1, 0x08)
      .skip(2)
      .uint(4, size)
      .uint(2, 0)
      .uint(2, size * 8)
  }
  return writer.bytes()
}

function littleEndian(values: Hdf5Dataset['values']): Uint8Array {
  const bytes = new Uint8Array(values.byteLength)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => {
    if (typeof value === 'bigint') view.setBigInt64(index * 8, value, true)
    else if (values instanceof Float32Array) view.setFloat32(index * 4, value, true)
    else view.setInt32(index * 4, value, true)
  })
  return bytes
}

function superblock(root: bigint, length: number): Uint8Array {
  const writer = new ByteWriter()
  writer.raw(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a))
  writer.skip(5).uint(1, 8).uint(1, 8).skip(1).uint(2, 4).uint(2, 16).uint(4, 0)
  writer.address(0n).address(UNDEFINED_ADDRESS).address(BigInt(length)).address(UNDEFINED_ADDRESS)
  writer.address(0n).address(root).uint(4, 0).skip(4).skip(16)
  return writer.bytes()
}

/** Little-endian bytes, growing. */
class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  uint(width: 1 | 2 | 4, value: number): this {
    const at = this.#grow(width)
    for (let index = 0; index < width; index += 1) this.#bytes[at + index] = (value >>> (8 * index)) & 0xff
    return this
  }

  address(value: bigint): this {
    const at = this.#grow(8)
    new DataView(this.#bytes.buffer).setBigUint64(at, value, true)
    return this
  }

  raw(content: Uint8Array): this {
    const at = this.#grow(content.length)
    this.#bytes.set(content, at)
    return this
  }

  skip(count: number): this {
    this.#grow(count)
    return this
  }

  align(): this {
    return this.skip((8 - (this.#length % 8)) % 8)
  }

  patch(at: number, content: Uint8Array): void {
    this.#bytes.set(content, at)
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #grow(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    return at
  }
}
