-- One process of the server, without a look at any table: those may be locked.
SELECT /* triage-act */
    pid,
    usesysid,
    datid,
    backend_start,
    backend_type,
    state,
    wait_event_type,
    wait_event,
    query_start,
    application_name,
    host(client_addr) AS address,
    client_port,
    extract(epoch FROM statement_timestamp() - xact_start)::float8 AS transaction_age_s,
    extract(epoch FROM statement_timestamp() - state_change)::float8 AS state_age_s,
    extract(epoch FROM statement_timestamp() - query_start)::float8 AS query_age_s,
    substring(textsend(query) FROM 1 FOR 8192) AS query,
    pid = pg_backend_pid() AS ourselves
FROM pg_stat_get_activity(%(pid)s)
