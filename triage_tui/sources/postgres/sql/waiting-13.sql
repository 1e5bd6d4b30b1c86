-- Who waits, for a role that may not see wait_event_type of others: the locks are open to everybody.
SELECT /* triage-tui */
    pid,
    array_remove(pg_blocking_pids(pid), pg_backend_pid()) AS blocked_by
FROM (
    SELECT DISTINCT pid
    FROM pg_lock_status()
    WHERE NOT granted
    LIMIT %(waiting_limit)s
) AS waiting
