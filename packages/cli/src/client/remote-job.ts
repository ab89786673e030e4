/** A job on a server, as the server tells it. @module */

import * as z from 'zod'

import type { ServerClient } from './server-client.ts'

/** Where a job stands. */
export type RemoteJobState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled'

/** A job. Members that are not read here are kept, for `--json`. */
export interface RemoteJob {
  readonly job_id: string
  readonly state: RemoteJobState
  readonly submitted_at: string
  readonly started_at?: string | undefined
  readonly ended_at?: string | undefined
  readonly progress?: RemoteProgress | undefined
  readonly failure?: { readonly code: string; readonly message: string } | undefined
}

/** How far a job is. */
export interface RemoteProgress {
  readonly epoch: number
  readonly epochs: number
  readonly metrics: Readonly<Record<string, number>>
}

/** The schema of a job. */
export const remoteJobSchema: z.ZodType<RemoteJob> = z.looseObject({
  job_id: z.string(),
  state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  submitted_at: z.string(),
  started_at: z.string().optional(),
  ended_at: z.string().optional(),
  progress: z.object({ epoch: z.number(), epochs: z.number(), metrics: z.record(z.string(), z.number()) }).optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
})

const statusSchema = z.object({ job: remoteJobSchema })
const artifactsSchema = z.object({ artifacts: z.array(z.string()) })

/** The job. */
export async function readRemoteJob(server: ServerClient, id: string): Promise<RemoteJob> {
  return (
    await server.read(
      statusSchema,
      server.api.job_status[':job_id'].$get({ param: { job_id: encodeURIComponent(id) } }),
    )
  ).job
}

/** The names of the job's artifacts in its release; none before it is completed. */
export async function readRemoteArtifacts(server: ServerClient, id: string): Promise<readonly string[]> {
  const asked = server.api.job_artifacts[':job_id'].$get({ param: { job_id: encodeURIComponent(id) } })
  const { artifacts } = await server.read(artifactsSchema, asked)
  return artifacts.map((name) => name.slice(name.indexOf('/') + 1))
}

/** Asks for the job's end, and gives it as it is then. */
export function cancelRemoteJob(server: ServerClient, id: string): Promise<RemoteJob> {
  return server.read(remoteJobSchema, server.api.jobs[':id'].cancel.$post({ param: { id: encodeURIComponent(id) } }))
}
