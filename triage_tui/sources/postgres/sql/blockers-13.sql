-- Whom these sessions wait for. Whoever waits for our own snapshot, as some DDL does for every one, waits no longer
-- when the answer is read.
SELECT /* triage-tui */
    pid,
    array_remove(pg_blocking_pids(pid), pg_backend_pid()) AS blocked_by
FROM unnest(%(pids)s::text::int[]) AS waiting (pid)
