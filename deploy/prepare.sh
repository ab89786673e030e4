#!/bin/sh
# Makes a secret for every service, once: run again, it changes nothing. The files are readable within a directory that
# is not, since a container's user has another id than yours.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

put() {
  [ -e "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"
  chmod 0444 "secrets/$1"
}
secret() { openssl rand -hex 24; }

put postgres-admin-password "$(secret)"
put minio-admin-user "admin-$(openssl rand -hex 4)"
put minio-admin-password "$(secret)"
for service in server issuer worker; do
  put "database-$service-password" "$(secret)"
  put "s3-$service-secret" "$(secret)"
  put "$service.env" "DATABASE_URL=postgres://aibomgen_$service:$(cat "secrets/database-$service-password")@postgres/aibomgen
AWS_ACCESS_KEY_ID=aibomgen-$service
AWS_SECRET_ACCESS_KEY=$(cat "secrets/s3-$service-secret")
"
done
echo "Secrets are in $(pwd)/secrets. Next: a home for each service, by make-homes.sh."
