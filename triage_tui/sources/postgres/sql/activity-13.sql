-- All sessions in one pass. Only the function is read: the view pg_stat_activity joins pg_authid and pg_database and
-- waits when somebody has locked one of them. What is one value for the server stands in our own row. The query leaves
-- as bytes, since it may be in the encoding of another database.
SELECT /* triage-tui */
    pid,
    datid,
    usesysid,
    application_name,
    host(client_addr) AS client_addr,
    client_port,
    backend_type,
    (date_part('epoch', backend_start) * 1000000)::int8 AS backend_start_us,
    state,
    wait_event_type,
    wait_event,
    date_part('epoch', clock_timestamp() - xact_start) AS transaction_age_s,
    CASE WHEN state = 'active' THEN date_part('epoch', clock_timestamp() - query_start) END AS query_age_s,
    date_part('epoch', clock_timestamp() - state_change) AS state_age_s,
    (date_part('epoch', query_start) * 1000000)::int8 AS query_start_us,
    substring(textsend(query) FROM 1 FOR %(query_bytes)s) AS query,
    CASE WHEN pid = pg_backend_pid() THEN pg_is_in_recovery() END AS in_recovery,
    CASE WHEN pid = pg_backend_pid() THEN date_part('epoch', clock_timestamp() - pg_postmaster_start_time()) END
        AS uptime_s
FROM pg_stat_get_activity(NULL)
WHERE datid IS NOT NULL OR wait_event_type = 'Lock' OR backend_type IN ('walsender', 'startup')
LIMIT %(limit)s
