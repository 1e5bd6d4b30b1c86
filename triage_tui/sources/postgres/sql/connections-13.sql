-- Client connections by state. Only the function is read: the view pg_stat_activity joins pg_authid and
-- pg_database and waits when somebody has locked one of them.
SELECT /* triage-tui */
    CASE
        WHEN pid = pg_backend_pid() OR application_name = %(application)s THEN 'triage'
        ELSE coalesce(state, 'unknown')
    END AS state,
    count(*) AS connections,
    pg_is_in_recovery() AS in_recovery,
    extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS uptime_s
FROM pg_stat_get_activity(NULL)
WHERE backend_type = 'client backend'
   -- Of other users' sessions an unprivileged role sees no type; those of clients have a user and a database.
   OR (backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL)
GROUP BY 1
