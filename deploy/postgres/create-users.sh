#!/bin/sh
# Runs once, on an empty database: a database, and a user for each service that can be locked out by itself.
# All three act as one role that owns the tables, for whichever starts first brings the schema up to date.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres \
  --set=server="$(cat /run/secrets/database_server_password)" \
  --set=issuer="$(cat /run/secrets/database_issuer_password)" \
  --set=worker="$(cat /run/secrets/database_worker_password)" <<'SQL'
CREATE ROLE aibomgen NOLOGIN;
CREATE ROLE aibomgen_server LOGIN PASSWORD :'server' IN ROLE aibomgen;
CREATE ROLE aibomgen_issuer LOGIN PASSWORD :'issuer' IN ROLE aibomgen;
CREATE ROLE aibomgen_worker LOGIN PASSWORD :'worker' IN ROLE aibomgen;
ALTER ROLE aibomgen_server SET role = 'aibomgen';
ALTER ROLE aibomgen_issuer SET role = 'aibomgen';
ALTER ROLE aibomgen_worker SET role = 'aibomgen';
CREATE DATABASE aibomgen OWNER aibomgen;
REVOKE ALL ON DATABASE aibomgen FROM PUBLIC;
SQL
