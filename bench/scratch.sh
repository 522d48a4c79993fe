# Sourced by the benchmarks: a scratch server with the users table, the same bytes again before each measurement. Expects
# `rows` and `fillfactor`; sets `directory` (removed at the end, with the servers) and `bin`, and connects psql to it.
bin=/usr/lib/postgresql/15/bin
statement="UPDATE users SET account_state = user_status WHERE account_state IS NULL"

# Servers refuse to run as root.
as_server() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi
}

directory=$(mktemp -d -p "${TMPDIR:-/var/tmp}" pgfill-bench.XXXXXX)
chmod 755 "$directory"
if [ "$(id -u)" = 0 ]; then chown postgres: "$directory"; fi
cd "$directory"
stop_server() {
  local data
  for data in "$directory"/data "$directory"/replica; do
    as_server "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || true
  done
  rm -rf "$directory"
}
trap stop_server EXIT
trap 'exit 130' INT TERM

for name in "${!PG@}"; do
  if [ "$name" != PGFILL ]; then unset "$name"; fi
done
export PGHOST=$directory PGUSER=postgres PGDATABASE=postgres PGOPTIONS="-c client_min_messages=warning"
as_server "$bin/initdb" -D data -U postgres -A trust --no-sync >/dev/null
cat >>data/postgresql.conf <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$directory'
shared_buffers = 1GB
max_wal_size = 32GB
checkpoint_timeout = 1h
autovacuum = off
SETTINGS
as_server "$bin/pg_ctl" -D data -l log -w start >/dev/null

ask() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# The users table, made as TABLE says (bench/throughput/run).
load() {
  local id="bigint" number="i" outside="NULL"
  case ${TABLE:-users} in
    uuid) id="uuid" number="md5(i::text)::uuid" ;;
    wide) outside="(SELECT string_agg(md5(i::text || k), '') FROM generate_series(1, 100) k)" ;;
  esac
  ask -c "CREATE DATABASE base"
  ask -d base <<SQL
CREATE EXTENSION pg_prewarm;
CREATE TABLE users (id $id, user_status varchar(50), email text, payload text, updated_at timestamptz,
                    account_state varchar(50), document text) WITH (fillfactor = $fillfactor);
ALTER TABLE users ALTER document SET STORAGE EXTERNAL;
INSERT INTO users SELECT $number, (ARRAY['active', 'invited', 'suspended', 'closed'])[1 + i % 4],
  'user' || i || '@example.org', repeat(md5(i::text), 3), '2024-01-01'::timestamptz + i * interval '1 second', NULL, $outside
FROM generate_series(1, $rows) i;
ALTER TABLE users ADD PRIMARY KEY (id);
SQL
  if [ "${TABLE:-users}" = indexed ]; then ask -d base -c "CREATE INDEX ON users (account_state)"; fi
  ask -d base -c "VACUUM (FREEZE, ANALYZE) users"
}

begin_replica() {
  as_server "$bin/pg_basebackup" -D replica -R -X stream -c fast -C -S replica --no-sync >/dev/null
  printf "port = 5433\nhot_standby = on\n" >>replica/postgresql.conf
  as_server "$bin/pg_ctl" -D replica -l replica.log -w start >/dev/null
}

# With SNAPSHOT: a session that keeps every old row version alive, until release_snapshot.
hold_snapshot() {
  if [ -z "${SNAPSHOT:-}" ]; then return; fi
  psql -Xqd subject -c "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; SELECT pg_sleep(1e6)" >/dev/null 2>&1 &
  holder=$!
  until [ "$(ask -c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ]; do :; done
}
release_snapshot() {
  if [ -z "${SNAPSHOT:-}" ]; then return; fi
  ask -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
  wait "$holder" || true
}

restore() {
  ask -c "DROP DATABASE IF EXISTS subject"
  ask -c "CREATE DATABASE subject TEMPLATE base STRATEGY FILE_COPY" -c "CHECKPOINT"
  ask -d subject -c "SELECT pg_prewarm('users') + pg_prewarm('users_pkey')" >/dev/null
}
