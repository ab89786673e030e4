#!/bin/sh
# A bucket, and a user for each service: only the server may delete.
set -eu
mc alias set local http://minio:9000 "$(cat /run/secrets/minio_admin_user)" "$(cat /run/secrets/minio_admin_password)" >/dev/null
mc mb --ignore-existing local/aibomgen
for service in server issuer worker; do
  policy=read-write
  [ "$service" = server ] && policy=read-write-delete
  mc admin policy create local "aibomgen-$policy" "/setup/$policy.json"
  mc admin user add local "aibomgen-$service" "$(cat "/run/secrets/s3_${service}_secret")"
  # Attached already: an error to mc, and what is wanted. The image has no grep.
  mc admin policy attach local "aibomgen-$policy" --user "aibomgen-$service" ||
    case $(mc --json admin user info local "aibomgen-$service") in
    *"\"aibomgen-$policy\""*) ;;
    *) exit 1 ;;
    esac
done
