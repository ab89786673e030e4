/** An artifact store in a bucket of an S3 server. @module */

export type { ArtifactAges } from '../artifact-ages.ts'
export type { ArtifactLinker, LinkOptions } from './artifact-linker.ts'
export type { TransferSizes } from './incoming-object.ts'
export type { ObjectLock } from './object-lock.ts'
export { S3ArtifactLinker } from './s3-artifact-linker.ts'
export { S3ArtifactStore, type S3StoreOptions } from './s3-artifact-store.ts'
export type { S3Location } from './s3-location.ts'
