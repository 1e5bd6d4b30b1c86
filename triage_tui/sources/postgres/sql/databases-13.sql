SELECT /* triage-tui */
    oid,
    extract(epoch FROM clock_timestamp())::float8 AS read_at_s,
    pg_stat_get_db_numbackends(oid) AS connections,
    pg_stat_get_db_xact_commit(oid) AS commits,
    pg_stat_get_db_xact_rollback(oid) AS rollbacks,
    pg_stat_get_db_blocks_fetched(oid) AS blocks_fetched,
    pg_stat_get_db_blocks_hit(oid) AS blocks_hit,
    pg_stat_get_db_temp_bytes(oid) AS temp_bytes,
    pg_stat_get_db_deadlocks(oid) AS deadlocks
FROM unnest(%(oids)s::text::oid[]) AS known (oid)
