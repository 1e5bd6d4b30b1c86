-- Who waits for a lock, and for whom.
SELECT /* triage-act */
    pid,
    application_name,
    usesysid,
    extract(epoch FROM statement_timestamp() - query_start)::float8 AS wait_s,
    pg_blocking_pids(pid) AS blocked_by
FROM pg_stat_get_activity(NULL)
WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()
ORDER BY query_start
LIMIT %(limit)s
