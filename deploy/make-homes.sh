#!/bin/sh
# A home for each service, from the owner's: trust root, layouts, and the key of its role alone. After a rotation, again.
# And a place for what MinIO keeps.
# Key files must belong to the user in the images, which only root can give them to:
#   sudo sh deploy/make-homes.sh ~/.aibomgen
set -eu
owner=$(cd "${1:?expected the directory that aibomgen init made its keys in, got no argument}" && pwd)
[ -e "$owner/trust-root.json" ] || { echo "$owner: expected trust-root.json, which aibomgen init makes" >&2; exit 1; }
cd "$(dirname "$0")"
umask 077
for pair in server:intake issuer:issuer worker:worker; do
  home=homes/${pair%:*}
  mkdir -p "$home"
  # `server` is what a platform of one process keeps in its home: database, store and workspaces.
  tar -C "$owner" --exclude='*.pem' --exclude=./server -cf - . | tar -C "$home" -xf -
  (cd "$owner" && find . -name "${pair#*:}.pem" | tar -cf - -T -) | tar -C "$home" -xf -
done
chown -R 10001:10001 homes/server homes/issuer homes/worker
mkdir -p homes/minio
chown 10002:10002 homes/minio
