/** Migration 3: keys that all servers share, work that one of them does at a time, and the trace of a job. @module */

/** SQL, never to be changed once it has been released. */
export const OPERATION_SQL = `
CREATE TABLE shared_keys (
  name text PRIMARY KEY,
  bytes bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);

CREATE TABLE leases (
  name text PRIMARY KEY,
  holder text NOT NULL,
  until timestamp with time zone NOT NULL
);

ALTER TABLE jobs ADD COLUMN trace_parent text;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL AND files_deleted_at IS NULL;
`
