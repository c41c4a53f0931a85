#!/bin/sh
# Run by the PostgreSQL image once, when its volume is new: the user that the services have. It may create
# databases (`yuanban migrate` does) and is no superuser, so a fault in a service does not reach the server.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$YUANBAN_DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE yuanban LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD :'password';
SQL
