/**
 * A bucket on a real S3 server, for tests.
 *
 * On the server that `AIBOMGEN_TEST_S3_ENDPOINT` names (MinIO, AWS: with `…_ACCESS_KEY_ID`, `…_SECRET_ACCESS_KEY`,
 * `…_REGION`, and `…_BUCKET`, one that exists), else on an OpenStack Swift that is started here.
 *
 * @module
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { CreateBucketCommand, ListObjectsV2Command, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { S3Location } from '@aibomgen/storage/s3'

import { missingForSwift, startSwift, SWIFT_CREDENTIALS, type SwiftServer } from './swift-server.ts'

const { env } = process
const endpointOfEnvironment = env['AIBOMGEN_TEST_S3_ENDPOINT']

/** Why there is no Swift to be had for tests that kill it; undefined when there is one. */
export const withoutSwift: string | undefined = missingForSwift()

/** Why there is no S3 server to be had; undefined when there is one. */
export const withoutS3: string | undefined = endpointOfEnvironment === undefined ? withoutSwift : undefined

/** The smallest part of an upload that the server takes: what S3 says, or what the Swift here is told to. */
export const PART_BYTES: number = endpointOfEnvironment === undefined ? 64 * 1024 : 5 * 1024 * 1024

/** `parts` parts of such a size, no two of them alike. */
export function bytesOfParts(parts: number): Uint8Array {
  return Uint8Array.from({ length: parts * PART_BYTES }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24)
}

/** What a name of skipped tests ends in: the reason. */
export function skipped(reason: string | undefined): string {
  return reason === undefined ? '' : ` (skipped: ${reason})`
}

/** A bucket, in which `newLocation` gives a place of its own to each test. Disposing of it stops a server started here. */
export interface TestBucket extends AsyncDisposable {
  readonly endpoint: string
  newLocation(): S3Location
}

/** A client for the server at `endpoint`, as the store asks for one. */
export function createClient(endpoint: string, config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: env['AIBOMGEN_TEST_S3_REGION'] ?? 'us-east-1',
    forcePathStyle: true,
    credentials: credentials(),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...config,
  })
}

export async function openTestBucket(): Promise<TestBucket> {
  if (endpointOfEnvironment === undefined) return openSwiftBucket()
  const client = createClient(endpointOfEnvironment)
  const bucket = env['AIBOMGEN_TEST_S3_BUCKET'] ?? 'artifacts'
  const close = async (): Promise<void> => client.destroy()
  return { ...locationsIn(bucket, client), endpoint: endpointOfEnvironment, [Symbol.asyncDispose]: close }
}

/** A bucket on a Swift of its own, which can be killed, and started again in `directory`. */
export interface SwiftBucket extends TestBucket {
  readonly directory: string
  readonly server: SwiftServer
}

export async function openSwiftBucket(): Promise<SwiftBucket> {
  const directory = await mkdtemp(join(tmpdir(), 'swift-'))
  const server = await startSwift(directory)
  const endpoint = `http://127.0.0.1:${server.port}`
  const client = createClient(endpoint)
  await client.send(new CreateBucketCommand({ Bucket: 'artifacts' }))
  const close = async (): Promise<void> => {
    client.destroy()
    await server.kill()
    await rm(directory, { recursive: true, force: true })
  }
  return { ...locationsIn('artifacts', client), endpoint, directory, server, [Symbol.asyncDispose]: close }
}

/** The keys of all objects at a location, without its prefix. */
export async function keysAt({ client, bucket, prefix }: S3Location): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
  return Contents.map(({ Key = '' }) => Key.slice(prefix.length))
}

function locationsIn(bucket: string, client: S3Client): Pick<TestBucket, 'newLocation'> {
  const run = `test-${Date.now()}`
  let locations = 0
  return { newLocation: () => ({ client, bucket, prefix: `${run}/${++locations}/` }) }
}

function credentials(): { accessKeyId: string; secretAccessKey: string } {
  if (endpointOfEnvironment === undefined) return SWIFT_CREDENTIALS
  const accessKeyId = env['AIBOMGEN_TEST_S3_ACCESS_KEY_ID'] ?? ''
  return { accessKeyId, secretAccessKey: env['AIBOMGEN_TEST_S3_SECRET_ACCESS_KEY'] ?? '' }
}
