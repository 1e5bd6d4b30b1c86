-- On a standby: the server it follows. While it is connected, a standby that has replayed all it received is not
-- behind, however long ago the last transaction was. While it is not, nobody knows what it misses: then the age of
-- its newest transaction tells how old its data are.
SELECT /* triage-tui */
    receiver.sender_host AS host,
    receiver.sender_port AS port,
    receiver.status AS state,
    receiver.pid IS NOT NULL AS active,
    CASE
        WHEN receiver.pid IS NOT NULL
        THEN pg_wal_lsn_diff(
            greatest(receiver.latest_end_lsn, pg_last_wal_receive_lsn()), pg_last_wal_replay_lsn()
        )
    END::int8 AS lag_bytes,
    CASE
        WHEN receiver.pid IS NOT NULL AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
    END::float8 AS lag_s
FROM pg_stat_get_wal_receiver() AS receiver
