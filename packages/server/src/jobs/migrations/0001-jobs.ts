/** Migration 1: jobs, their files, events and logs, and workers. @module */

/** SQL, never to be changed once it has been released. */
export const JOBS_SQL = `
CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  attempt integer NOT NULL DEFAULT 0,
  priority integer NOT NULL,
  submitted_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  record bytea NOT NULL,
  receipt_name text NOT NULL,
  receipt bytea NOT NULL,
  run_link_name text,
  run_link bytea,
  release jsonb,
  failure jsonb,
  progress jsonb,
  cancel_requested_at timestamp with time zone,
  files_deleted_at timestamp with time zone,
  CHECK ((state = 'completed') = (release IS NOT NULL)),
  CHECK ((state IN ('completed', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK (state <> 'failed' OR failure IS NOT NULL)
);
CREATE INDEX jobs_owner ON jobs (owner, submitted_at);
CREATE INDEX jobs_state ON jobs (state, submitted_at);

CREATE TABLE job_files (
  job_id uuid NOT NULL REFERENCES jobs (id),
  name text NOT NULL,
  sha256 text NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  PRIMARY KEY (job_id, name)
);
CREATE INDEX job_files_sha256 ON job_files (sha256);

CREATE TABLE job_events (
  sequence bigserial PRIMARY KEY,
  job_id uuid NOT NULL REFERENCES jobs (id),
  attempt integer NOT NULL,
  at timestamp with time zone NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL
);
CREATE INDEX job_events_job ON job_events (job_id, sequence);

CREATE TABLE job_logs (
  sequence bigserial PRIMARY KEY,
  job_id uuid NOT NULL REFERENCES jobs (id),
  attempt integer NOT NULL,
  bytes bytea NOT NULL
);
CREATE INDEX job_logs_job ON job_logs (job_id, sequence);

CREATE TABLE workers (
  id text PRIMARY KEY,
  keyid text NOT NULL,
  identity jsonb NOT NULL,
  job_id uuid,
  started_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL
);
`
