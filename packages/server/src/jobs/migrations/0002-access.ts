/** Migration 2: API tokens, rate limits, and the audit log. @module */

/** SQL, never to be changed once it has been released. */
export const ACCESS_SQL = `
CREATE TABLE api_tokens (
  id text PRIMARY KEY,
  sha256 text NOT NULL UNIQUE,
  owner text NOT NULL,
  roles text[] NOT NULL,
  label text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);
CREATE INDEX api_tokens_owner ON api_tokens (owner, created_at);

CREATE TABLE rate_limits (
  key text PRIMARY KEY,
  points integer NOT NULL,
  expire timestamp with time zone
);
CREATE INDEX rate_limits_expire ON rate_limits (expire);

CREATE TABLE audit_entries (
  sequence bigint PRIMARY KEY,
  line text NOT NULL,
  sha256 text NOT NULL
);
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
`
