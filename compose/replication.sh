#!/bin/bash
# Lets the standby connect for replication, with the password.
set -e
echo 'host replication cerberus all scram-sha-256' >> "$PGDATA/pg_hba.conf"
