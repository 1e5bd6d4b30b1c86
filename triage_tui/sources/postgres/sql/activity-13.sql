-- All sessions in one pass. Only the function is read: the view pg_stat_activity joins pg_authid and pg_database and
-- waits when somebody has locked one of them. Of a session that rests since long before the last look the process id
-- and the instant of its last change are told: they prove that it is as it was. The others' columns leave as one
-- record, which a reader need not take apart where it is the one of the look before. What is one value for the server
-- stands in our own row. The query leaves as bytes, since it may be in the encoding of another database.
SELECT /* triage-tui */
    pid,
    state_change,
    CASE
        WHEN state LIKE 'idle%%' AND state_change < %(since)s THEN NULL
        ELSE ROW(
            datid,
            usesysid,
            application_name,
            host(client_addr),
            client_port,
            backend_type,
            backend_start,
            state,
            wait_event_type,
            wait_event,
            xact_start,
            query_start,
            substring(textsend(query) FROM 1 FOR %(query_bytes)s)
        )
    END AS told,
    CASE WHEN pid = pg_backend_pid() THEN statement_timestamp() END AS now,
    CASE WHEN pid = pg_backend_pid() THEN pg_postmaster_start_time() END AS up_since,
    CASE WHEN pid = pg_backend_pid() THEN pg_is_in_recovery() END AS in_recovery
FROM pg_stat_get_activity(NULL)
WHERE datid IS NOT NULL OR wait_event_type = 'Lock' OR backend_type IN ('walsender', 'startup')
LIMIT %(limit)s
