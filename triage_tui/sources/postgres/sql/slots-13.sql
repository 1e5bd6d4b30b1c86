-- Replication slots; what they lag behind is what the server must keep for them.
SELECT /* triage-tui */
    slot_name AS name,
    slot_type,
    active,
    wal_status AS state,
    pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
        restart_lsn
    )::int8 AS lag_bytes
FROM pg_get_replication_slots()
ORDER BY slot_name
LIMIT %(limit)s
