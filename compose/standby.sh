#!/bin/bash
# Copies the primary at the first start, and follows it from then on.
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  pg_basebackup --host=primary --username=cerberus --pgdata="$PGDATA" --wal-method=stream --write-recovery-conf \
    --create-slot --slot=standby --checkpoint=fast
  echo "primary_conninfo = 'host=primary user=cerberus password=$PGPASSWORD application_name=standby'" >> "$PGDATA/postgresql.auto.conf"
fi
exec postgres -c max_connections=200
