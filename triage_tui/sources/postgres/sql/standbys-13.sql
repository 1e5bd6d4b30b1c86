-- Servers that receive our WAL. The end of WAL is written on a primary, received on a cascading standby.
SELECT /* triage-tui */
    sender.pid,
    activity.application_name AS name,
    host(activity.client_addr) AS client_addr,
    sender.state,
    sender.sync_state,
    extract(epoch FROM sender.replay_lag)::float8 AS lag_s,
    pg_wal_lsn_diff(
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
        sender.replay_lsn
    )::int8 AS lag_bytes
FROM pg_stat_get_wal_senders() AS sender
JOIN pg_stat_get_activity(NULL) AS activity USING (pid)
ORDER BY sender.pid
LIMIT %(limit)s
